using ChatAkka.Protocol;
using StackExchange.Redis;

namespace ChatAkka.Sessions;

/// <summary>The names of all keys that the session registry uses.</summary>
/// <remarks>No script uses two of them, so that each may be on another server of a Redis Cluster.</remarks>
/// <param name="prefix">Put before every key; default <c>chat:</c>.</param>
public sealed class RedisKeys(string prefix)
{
    /// <summary>Set of node ids that may hold sessions.</summary>
    public RedisKey Nodes { get; } = prefix + "nodes";

    /// <summary>Number of the acting relay's term.</summary>
    public RedisKey RelayTerm { get; } = prefix + "relay:term";

    /// <summary>Cluster address of a running member. The key expires when no member runs.</summary>
    public RedisKey Cluster { get; } = prefix + "cluster";

    /// <summary>Hash with the fields of one session.</summary>
    public RedisKey Session(UserName user) => prefix + "session:" + user.Text;

    /// <summary>Set of the users whose sessions a node holds.</summary>
    public RedisKey Node(NodeId node) => prefix + "node:" + node;

    /// <summary>Exists if a node was declared dead.</summary>
    public RedisKey Tombstone(NodeId node) => prefix + "tombstone:" + node;

    /// <summary>Exists if messages may wait in a user's mailbox.</summary>
    public RedisKey Waiting(UserName user) => prefix + "waiting:" + user.Text;

    /// <summary>List of the last events of a user's session, the latest first.</summary>
    public RedisKey Events(UserName user) => prefix + "events:" + user.Text;

    /// <summary>Hash with the tokens that are revoked.</summary>
    public RedisKey Revoked { get; } = prefix + "revoked";

    /// <summary>Fields of <see cref="Session"/>.</summary>
    internal static class Fields
    {
        public static readonly RedisValue Node = "node";
        public static readonly RedisValue Connection = "connection";
        public static readonly RedisValue Since = "since";
        public static readonly RedisValue Mode = "mode";
    }
}
