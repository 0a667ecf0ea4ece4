namespace ChatAkka.Node.Routing;

/// <summary>What a <see cref="Route"/> waits for before it may send the next chat. Operators see the names in small letters.</summary>
/// <remarks>
/// <code>
/// Flowing --place unknown or wrong--> Resolving --found--> Flowing
///    |  ^                                ^   \--registry does not answer--> all that waits is refused, Flowing
///    |  '--window has space-- Draining    |    \--recipient offline or acknowledges--> Depositing --kept--> Flowing or Depositing
///    |                                   '----- mailbox says: recipient is online -------'
///    '--path changes while entries are in flight--> Settling --all acknowledged or back--> Flowing or Resolving
/// </code>
/// </remarks>
internal enum RoutePhase
{
    /// <summary>For nothing: no chat waits, and the next one is sent at once.</summary>
    Flowing,

    /// <summary>For the answer of the session registry.</summary>
    Resolving,

    /// <summary>For the results of the chats that were sent on the path of before.</summary>
    Settling,

    /// <summary>For space in the window of the link.</summary>
    Draining,

    /// <summary>For the mailbox's answer to the deposit in flight.</summary>
    Depositing,
}
