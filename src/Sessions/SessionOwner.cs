using System.Globalization;
using ChatAkka.Protocol;

namespace ChatAkka.Sessions;

/// <summary>The holder of a session: a connection of one incarnation (one start) of a node.</summary>
/// <param name="Node">The node.</param>
/// <param name="Connection">Connection id, unique within the node.</param>
public sealed record SessionOwner(NodeId Node, long Connection)
{
    /// <summary>Reads the two fields of a session in Redis; null if they name no connection of a node.</summary>
    internal static SessionOwner? TryParse(string? node, string? connection) =>
        NodeId.TryParse(node) is { } id && long.TryParse(connection, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? new SessionOwner(id, number)
            : null;
}
