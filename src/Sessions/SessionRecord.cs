namespace ChatAkka.Sessions;

/// <summary>A session as it is written in the registry.</summary>
/// <param name="Owner">The holder.</param>
/// <param name="Since">When its login arrived, in milliseconds since 1970, UTC, by the clock of the claiming node. Always later than that of the
/// session that it replaced.</param>
/// <param name="Mode">Delivery mode, one of <see cref="SessionModes"/>.</param>
public sealed record SessionRecord(SessionOwner Owner, long Since, string Mode);
