namespace ChatAkka.Protocol.Operators;

/// <summary>A question without parameters.</summary>
public sealed record NoQuestion;

/// <summary>A question about a user or a message.</summary>
/// <param name="Name">The user's name, or the message's id.</param>
public sealed record NameQuestion(string Name);

/// <summary>A question about the sessions of a node.</summary>
/// <param name="After">Only users after this name, in ordinal order; empty: all users.</param>
public sealed record SessionsQuestion(string After);

/// <summary>A chat that an operator sends.</summary>
/// <param name="Recipient">Its recipient.</param>
/// <param name="Text">Its text.</param>
public sealed record SendQuestion(string Recipient, string Text);

/// <summary>Begins, ends or reads the drain of a node.</summary>
/// <param name="PerSecond">How many clients the node sends away in a second; 0 ends the drain; below 0 changes nothing and only asks.</param>
public sealed record DrainQuestion(int PerSecond);

/// <summary>The state of a node's drain.</summary>
/// <param name="IsDraining">True during the drain: the node accepts no clients.</param>
/// <param name="Moved">Clients that were sent away since the drain began.</param>
/// <param name="Left">Clients that are still connected.</param>
public sealed record DrainReport(bool IsDraining, long Moved, int Left);

/// <summary>The result of an order.</summary>
/// <param name="Done">True if the order was carried out.</param>
/// <param name="Text">The result, as text for operators.</param>
/// <param name="IsStored">True if the order was to send a chat, and the chat waits in a mailbox. A node of an older version does not say so.</param>
public sealed record DoneReport(bool Done, string Text, bool IsStored = false);

/// <summary>What became of the chats that a node accepted: Accepted = Delivered + Stored + Refused + Dropped + InFlight.</summary>
/// <param name="Accepted">Taken from clients.</param>
/// <param name="Delivered">Handed to their recipients' connections.</param>
/// <param name="Stored">Kept in mailboxes.</param>
/// <param name="Refused">Answered with an error, by error code.</param>
/// <param name="Dropped">Ended without an answer, by reason.</param>
/// <param name="InFlight">Not settled yet: the chats that links and routes hold.</param>
public sealed record Ledger(
    long Accepted,
    long Delivered,
    long Stored,
    IReadOnlyDictionary<string, long> Refused,
    IReadOnlyDictionary<string, long> Dropped,
    long InFlight)
{
    /// <summary>Accepted chats that are missing in all other numbers: 0 when no chat is in flight.</summary>
    public long Missing => Accepted - Delivered - Stored - Refused.Values.Sum() - Dropped.Values.Sum() - InFlight;
}

/// <summary>What became of the chats that a node received from another node over their link.</summary>
/// <param name="Node">The id of the other node.</param>
/// <param name="IsGone">True if the other node is no longer a member.</param>
/// <param name="Delivered">Chats from the other node that were handed to connections of this node.</param>
/// <param name="SentBack">Chats from the other node whose recipient was not on this node.</param>
/// <param name="Lost">Chats without an id that were in flight to the other node when it died. This node counts them as dropped.</param>
public sealed record PeerReport(string Node, bool IsGone, long Delivered, long SentBack, long Lost);

/// <summary>The state of a node.</summary>
/// <param name="Node">Its node id.</param>
/// <param name="Address">Its cluster address.</param>
/// <param name="ClientAddress">Address at which clients reach it.</param>
/// <param name="Connections">The number of open connections.</param>
/// <param name="Capacity">The largest number of connections that it accepts.</param>
/// <param name="Sessions">Number of users who are logged in on this node.</param>
/// <param name="Links">Number of links to other nodes.</param>
/// <param name="Queue">Chats in links and routes that are not settled.</param>
/// <param name="IsDraining">True while it sends its clients away.</param>
/// <param name="Ledger">What became of the chats that it accepted.</param>
/// <param name="Peers">What became of the chats that it received from other nodes.</param>
/// <param name="Limits">What the limits against abuse stopped, by their names. A node of an older version does not say so.</param>
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
    IReadOnlyList<PeerReport> Peers,
    IReadOnlyDictionary<string, long>? Limits = null);

/// <summary>A session on its node.</summary>
/// <param name="User">The user.</param>
/// <param name="Connection">The connection.</param>
/// <param name="Since">When it was claimed, in milliseconds since 1970, UTC.</param>
/// <param name="Mode">Delivery mode.</param>
/// <param name="IdleMilliseconds">Time since the last input from the client, in milliseconds.</param>
/// <param name="Reads">True if chats go to the session directly; false while it reads its mailbox.</param>
/// <param name="Unwritten">Bytes that wait to be written to the client.</param>
public sealed record SessionReport(string User, long Connection, long Since, string Mode, long IdleMilliseconds, bool Reads, long Unwritten);

/// <summary>Sessions of a node, as many as fit into one message between members.</summary>
/// <param name="Sessions">The sessions, by name, in ordinal order.</param>
/// <param name="LeftOut">How many more sessions follow after these.</param>
public sealed record SessionsReport(IReadOnlyList<SessionReport> Sessions, int LeftOut);

/// <summary>The place of a user, as a node knows it.</summary>
/// <param name="Place">The address of a node, <c>mailbox</c> or <c>here</c>; empty if the place is unknown.</param>
/// <param name="State">The state of the route to the user: flowing, resolving, settling, draining or depositing.</param>
/// <param name="Waiting">The number of chats that wait in the route.</param>
/// <param name="Session">The session if it is on this node; otherwise null.</param>
public sealed record PlaceReport(string Place, string State, int Waiting, SessionReport? Session);

/// <summary>How much a mailbox holds.</summary>
/// <param name="Enabled">False if mailboxes are switched off.</param>
/// <param name="Waiting">The number of messages that wait.</param>
/// <param name="Bytes">The size of these messages, in bytes.</param>
/// <param name="Last">Number of the last message that was ever stored.</param>
/// <param name="Reader">The session that reads the mailbox; empty if there is none.</param>
public sealed record DepthReport(bool Enabled, long Waiting, long Bytes, long Last, string Reader);

/// <summary>One event of a message.</summary>
/// <param name="Time">When, in milliseconds since 1970, UTC, on the node's clock.</param>
/// <param name="What">The kind of event, for example <c>accepted</c>.</param>
/// <param name="Details">Where the message came from or went to.</param>
public sealed record HopReport(long Time, string What, string Details);

/// <summary>The events of a message that a node remembers.</summary>
/// <param name="Hops">The events, in order.</param>
/// <param name="LeftOut">How many earlier events are left out. There can be many, because a client may use an id again and again.</param>
public sealed record TraceReport(IReadOnlyList<HopReport> Hops, int LeftOut);

/// <summary>The state of the relay in a process.</summary>
/// <param name="IsActing">True if it is the acting relay.</param>
/// <param name="Term">Its term.</param>
/// <param name="Since">When it began to act, in milliseconds since 1970, UTC.</param>
/// <param name="Forwarded">Number of frames that it forwarded.</param>
/// <param name="Nodes">Addresses of the nodes that are connected to it.</param>
/// <param name="CleanUps">Its last clean-ups, the latest last.</param>
public sealed record RelayReport(bool IsActing, long Term, long Since, long Forwarded, IReadOnlyList<string> Nodes, IReadOnlyList<CleanUpReport> CleanUps);

/// <summary>A clean-up after a dead node.</summary>
/// <param name="Node">The node.</param>
/// <param name="Time">When, in milliseconds since 1970, UTC.</param>
/// <param name="Sessions">How many sessions were deleted.</param>
public sealed record CleanUpReport(string Node, long Time, long Sessions);
