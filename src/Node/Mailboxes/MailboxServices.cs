using ChatAkka.Node.Telemetry;
using ChatAkka.Protocol;
using ChatAkka.Sessions;

namespace ChatAkka.Node.Mailboxes;

/// <summary>What all mailboxes on a node use.</summary>
/// <param name="Self">This node.</param>
/// <param name="Settings">Bounds and time limits.</param>
/// <param name="Registry">Knows which user has a session, and where.</param>
/// <param name="Marks">Marks the mailboxes that may hold something.</param>
/// <param name="Epoch">Counts how often the store may have lost its data.</param>
/// <param name="Trace">Remembers the events of messages.</param>
/// <param name="Time">The clock.</param>
internal sealed record MailboxServices(
    NodeId Self, MailboxSettings Settings, ISessionRegistry Registry, IMailboxMarks Marks, StoreEpoch Epoch, TraceLog Trace, TimeProvider Time);
