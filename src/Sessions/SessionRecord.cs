namespace ChatAkka.Sessions;

/// <summary>A session as the registry keeps it.</summary>
/// <param name="Owner">Who holds it.</param>
/// <param name="Since">When its login arrived, in milliseconds since 1970, UTC, by the clock of the claiming node; always later than the session that it took the place of.</param>
/// <param name="Mode">Delivery mode, as <see cref="SessionModes"/>.</param>
public sealed record SessionRecord(SessionOwner Owner, long Since, string Mode);
