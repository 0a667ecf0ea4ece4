using ChatAkka.Node.Telemetry;
using ChatAkka.Protocol;
using ChatAkka.Sessions;

namespace ChatAkka.Node.Mailboxes;

/// <summary>What all mailboxes on a node use.</summary>
/// <param name="Self">This node.</param>
/// <param name="Settings">Bounds and times.</param>
/// <param name="Registry">Says who is logged in.</param>
/// <param name="Marks">Says which mailboxes may hold something.</param>
/// <param name="Epoch">Says when the store may have lost its data.</param>
/// <param name="Trace">Remembers what happens to messages.</param>
/// <param name="Time">The clock.</param>
internal sealed record MailboxServices(
    NodeId Self, MailboxSettings Settings, ISessionRegistry Registry, IMailboxMarks Marks, StoreEpoch Epoch, TraceLog Trace, TimeProvider Time);
