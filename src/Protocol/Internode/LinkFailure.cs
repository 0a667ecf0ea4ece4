namespace ChatAkka.Protocol.Internode;

/// <summary>An entry that the target took off the link and could not deliver.</summary>
/// <param name="Number">Number of the entry on its link.</param>
/// <param name="Code">Why; <see cref="ErrorCode.RecipientOffline"/> means "not here", and the origin looks up again.</param>
public readonly record struct LinkFailure(long Number, ErrorCode Code);
