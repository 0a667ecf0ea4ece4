using System.Runtime.CompilerServices;
using StackExchange.Redis;

namespace ChatAkka.Persistence.Redis;

/// <summary>Finds the entities that the store has keys of.</summary>
/// <remarks>The command is <c>SCAN</c>, one page at a time. Between two pages there is a pause, so that a scan of a large store takes at most a part of a
/// server's time. An entity that has keys from the beginning of the scan to its end is found.</remarks>
/// <param name="store">The store.</param>
/// <param name="time">The clock.</param>
internal sealed class EntityScan(RedisStore store, TimeProvider time)
{
    /// <summary>How many keys a server looks at for one page.</summary>
    private const int Page = 256;

    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(2);

    /// <summary>Gives the entities whose persistence ids begin with a prefix. An entity may come more than once.</summary>
    /// <exception cref="RedisException">A primary is not connected, or does not answer. Entities may be missing.</exception>
    public async IAsyncEnumerable<string> FindAsync(PersistenceKeys keys, string prefix, [EnumeratorCancellation] CancellationToken stop)
    {
        foreach (var server in Primaries(keys))
        {
            foreach (var pattern in keys.PatternsOf(prefix))
            {
                var cursor = "0";
                do
                {
                    var reply = await server.ExecuteAsync(
                        store.DatabaseNumber, "SCAN", [cursor, "MATCH", pattern, "COUNT", Page], RedisStore.PrimaryOnly).WaitAsync(stop).ConfigureAwait(false);
                    cursor = (string)reply[0]!;
                    foreach (var id in ((string[])reply[1]!).Select(keys.EntityOf).OfType<string>().Distinct())
                    {
                        // The pattern is wider than the prefix.
                        if (id.StartsWith(prefix, StringComparison.Ordinal))
                            yield return id;
                    }

                    if (cursor != "0")
                        await Task.Delay(s_pause, time, stop).ConfigureAwait(false);
                }
                while (cursor != "0");
            }
        }
    }

    private IReadOnlyList<IServer> Primaries(PersistenceKeys keys)
    {
        var connected = store.ReadServers.Where(s => s.IsConnected && !s.IsReplica).ToList();
        if (connected.Count == 0)
            throw NotConnected("no primary is connected");
        if (!keys.IsCluster)
            return [connected[0]];

        // A primary that is not connected must not be left out in silence: its entities would be taken for not existing.
        var cluster = connected[0].ClusterConfiguration ?? throw NotConnected("the nodes of the cluster are not known");
        return [.. cluster.Nodes.Where(n => !n.IsReplica && n.Slots.Count > 0).Select(n => n.IsMyself
            ? connected[0]
            : connected.Find(s => Equals(s.EndPoint, n.EndPoint)) ?? throw NotConnected($"the primary {n.EndPoint} is not connected"))];
    }

    private static RedisConnectionException NotConnected(string what) => new(ConnectionFailureType.UnableToConnect, RedisStore.PrimaryOnly, what, null, CommandStatus.WaitingToBeSent);
}
