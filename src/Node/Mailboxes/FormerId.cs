namespace ChatAkka.Node.Mailboxes;

/// <summary>A chat that a mailbox of the former form remembered, so that it is not stored again.</summary>
/// <param name="Group">Its group of <see cref="RememberedIds"/>.</param>
/// <param name="Key">The hash by which it is remembered (<see cref="RememberedIds.FormerKeyOf(ReadOnlySpan{byte}, ReadOnlySpan{byte}, ReadOnlySpan{byte})"/>).</param>
/// <param name="Time">When it was stored, in milliseconds since 1970, UTC.</param>
internal readonly record struct FormerId(int Group, UInt128 Key, long Time);
