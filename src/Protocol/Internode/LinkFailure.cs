namespace ChatAkka.Protocol.Internode;

/// <summary>An entry that the target node took from the link and could not deliver.</summary>
/// <param name="Number">Number of the entry on its link.</param>
/// <param name="Code">The cause. <see cref="ErrorCode.RecipientOffline"/> means "not here": the origin looks the recipient up again.</param>
public readonly record struct LinkFailure(long Number, ErrorCode Code);
