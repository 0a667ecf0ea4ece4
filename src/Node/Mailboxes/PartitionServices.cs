using ChatAkka.Node.Telemetry;
using ChatAkka.Protocol;
using ChatAkka.Sessions;

namespace ChatAkka.Node.Mailboxes;

/// <summary>What the partitions that a node owns use.</summary>
/// <param name="Self">This node.</param>
/// <param name="Settings">Bounds.</param>
/// <param name="Timings">Times.</param>
/// <param name="Log">Reads and deletes single events.</param>
/// <param name="Store">Says whether the store has space.</param>
/// <param name="Outage">Knows whether the store answers.</param>
/// <param name="Epoch">Counts how often the store may have lost its data.</param>
/// <param name="Trace">Remembers the events of messages.</param>
/// <param name="Time">The clock.</param>
/// <param name="Superseded">Is told of each partition of which a newer owner has written, so that the owner here ended.</param>
internal sealed record PartitionServices(
    NodeId Self,
    MailboxSettings Settings,
    MailboxTimings Timings,
    IPartitionLog Log,
    IMailboxStore Store,
    StoreOutage Outage,
    StoreEpoch Epoch,
    TraceLog Trace,
    TimeProvider Time,
    Action<int> Superseded);
