namespace ChatAkka.Protocol.Operators;

/// <summary>A question without parts.</summary>
public sealed record NoQuestion;

/// <summary>A question about a user, or about a message.</summary>
/// <param name="Name">The user's name, or the message's id.</param>
public sealed record NameQuestion(string Name);

/// <summary>A question about sessions.</summary>
/// <param name="After">Only of users behind this name, in ordinal order; empty for all.</param>
public sealed record SessionsQuestion(string After);

/// <summary>A chat from an operator.</summary>
/// <param name="Recipient">Its recipient.</param>
/// <param name="Text">Its text.</param>
public sealed record SendQuestion(string Recipient, string Text);

/// <summary>What a node is to do with its clients.</summary>
/// <param name="PerSecond">So many are sent away in a second; 0 sends none away, and takes new ones again; below 0 only asks.</param>
public sealed record DrainQuestion(int PerSecond);

/// <summary>How a node's drain goes.</summary>
/// <param name="IsDraining">True while it takes no clients.</param>
/// <param name="Moved">Clients sent away since it began.</param>
/// <param name="Left">Clients that are still there.</param>
public sealed record DrainReport(bool IsDraining, long Moved, int Left);

/// <summary>Something was done, or not.</summary>
/// <param name="Done">True where it was.</param>
/// <param name="Text">What became of it.</param>
public sealed record DoneReport(bool Done, string Text);

/// <summary>What became of the chats that a node accepted: Accepted = Delivered + Stored + Refused + Dropped + InFlight.</summary>
/// <param name="Accepted">Taken from clients.</param>
/// <param name="Delivered">Handed to their recipients' connections.</param>
/// <param name="Stored">Kept in mailboxes.</param>
/// <param name="Refused">Answered with an error, by code.</param>
/// <param name="Dropped">Given up without a word, by reason.</param>
/// <param name="InFlight">Held by links and routes, counted there.</param>
public sealed record Ledger(
    long Accepted,
    long Delivered,
    long Stored,
    IReadOnlyDictionary<string, long> Refused,
    IReadOnlyDictionary<string, long> Dropped,
    long InFlight)
{
    /// <summary>What is accepted and nowhere: 0 at rest.</summary>
    public long Missing => Accepted - Delivered - Stored - Refused.Values.Sum() - Dropped.Values.Sum() - InFlight;
}

/// <summary>What a node got from another one over their link.</summary>
/// <param name="Node">The other one, with its incarnation.</param>
/// <param name="IsGone">True where it is no member any more.</param>
/// <param name="Delivered">Chats from there that were handed to connections here.</param>
/// <param name="SentBack">Chats from there whose recipient was not here.</param>
/// <param name="Lost">Chats without an id that were on their way there when it died; their senders count them as dropped.</param>
public sealed record PeerReport(string Node, bool IsGone, long Delivered, long SentBack, long Lost);

/// <summary>What a node says of itself.</summary>
/// <param name="Node">Its id, with its incarnation.</param>
/// <param name="Address">Its cluster address.</param>
/// <param name="ClientAddress">Where clients connect.</param>
/// <param name="Connections">Connections now.</param>
/// <param name="Capacity">The most it takes.</param>
/// <param name="Sessions">Users who are logged in here.</param>
/// <param name="Links">Links to other nodes.</param>
/// <param name="Queue">Chats in links and routes that are not settled.</param>
/// <param name="IsDraining">True while it sends its clients away.</param>
/// <param name="Ledger">What became of its chats.</param>
/// <param name="Peers">What it got from others.</param>
public sealed record NodeReport(
    string Node,
    string Address,
    string ClientAddress,
    int Connections,
    int Capacity,
    int Sessions,
    int Links,
    long Queue,
    bool IsDraining,
    Ledger Ledger,
    IReadOnlyList<PeerReport> Peers);

/// <summary>A session as its node has it.</summary>
/// <param name="User">The user.</param>
/// <param name="Connection">The connection.</param>
/// <param name="Since">When it was claimed, in milliseconds since 1970, UTC.</param>
/// <param name="Mode">Delivery mode.</param>
/// <param name="IdleMilliseconds">Since the client was last heard.</param>
/// <param name="Reads">True where chats reach it directly; false while it reads its mailbox.</param>
/// <param name="Unwritten">Bytes that wait to be written to the client.</param>
public sealed record SessionReport(string User, long Connection, long Since, string Mode, long IdleMilliseconds, bool Reads, long Unwritten);

/// <summary>Sessions of a node: as many as one message between members takes.</summary>
/// <param name="Sessions">The sessions, by name, in ordinal order.</param>
/// <param name="LeftOut">How many more there are behind them.</param>
public sealed record SessionsReport(IReadOnlyList<SessionReport> Sessions, int LeftOut);

/// <summary>Where a node believes that a user is.</summary>
/// <param name="Place">Address of a node, <c>mailbox</c>, <c>here</c>, or nothing where it has no idea.</param>
/// <param name="State">What its route does: flowing, resolving, settling, draining or depositing.</param>
/// <param name="Waiting">Chats that wait there.</param>
/// <param name="Session">The session, where it is here.</param>
public sealed record PlaceReport(string Place, string State, int Waiting, SessionReport? Session);

/// <summary>How much waits in a mailbox.</summary>
/// <param name="Enabled">False where mailboxes are switched off.</param>
/// <param name="Waiting">Messages.</param>
/// <param name="Bytes">Their bytes.</param>
/// <param name="Last">Number of the last message that was ever put in.</param>
/// <param name="Reader">Who reads; empty where nobody does.</param>
public sealed record DepthReport(bool Enabled, long Waiting, long Bytes, long Last, string Reader);

/// <summary>One thing that happened to a message.</summary>
/// <param name="Time">When, in milliseconds since 1970, UTC, on the node's clock.</param>
/// <param name="What">What, as <c>accepted</c>.</param>
/// <param name="Details">Where from or to.</param>
public sealed record HopReport(long Time, string What, string Details);

/// <summary>What a node remembers of a message.</summary>
/// <param name="Hops">What happened, in order.</param>
/// <param name="LeftOut">How much more happened before: clients may use an id again and again.</param>
public sealed record TraceReport(IReadOnlyList<HopReport> Hops, int LeftOut);

/// <summary>What a process says of the relay in it.</summary>
/// <param name="IsActing">True where it acts.</param>
/// <param name="Term">Its term.</param>
/// <param name="Since">When it began to act, in milliseconds since 1970, UTC.</param>
/// <param name="Forwarded">Frames it forwarded.</param>
/// <param name="Nodes">Addresses of the nodes that are connected to it.</param>
/// <param name="CleanUps">Nodes it cleaned up after, the latest last.</param>
public sealed record RelayReport(bool IsActing, long Term, long Since, long Forwarded, IReadOnlyList<string> Nodes, IReadOnlyList<CleanUpReport> CleanUps);

/// <summary>A clean-up after a node that died.</summary>
/// <param name="Node">The node.</param>
/// <param name="Time">When, in milliseconds since 1970, UTC.</param>
/// <param name="Sessions">How many sessions were deleted.</param>
public sealed record CleanUpReport(string Node, long Time, long Sessions);
