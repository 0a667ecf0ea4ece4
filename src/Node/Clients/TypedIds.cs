using System.Globalization;
using ChatAkka.Protocol;
using ChatAkka.Protocol.Client;

namespace ChatAkka.Node.Clients;

/// <summary>Makes the ids of typed chats of one connection, so that they have the same guarantees as chats with an id from the client.</summary>
/// <remarks>
/// An id is the JSON token <c>"\u007enode.connection.time.number"</c>. Its parts are the uid of the node, the connection id, the time of the
/// connection's first typed chat (all three hexadecimal), and the number of the chat (decimal). So every id is unique, across connections, nodes
/// and restarts. A client cannot choose such an id, because ids of clients are normalised to the shortest form, in which <c>~</c> is not
/// escaped (<see cref="MessageId"/>). Only nodes and mailboxes use the id; it is not shown to anybody (<see cref="DeliveryWriter"/>).
/// Not thread-safe.
/// </remarks>
/// <param name="node">This node.</param>
/// <param name="connection">The connection.</param>
/// <param name="time">The time of its first typed chat, in milliseconds since 1970, UTC.</param>
internal sealed class TypedIds(NodeId node, long connection, long time)
{
    private readonly Utf8Buffer _id = new Utf8Buffer().Append(string.Create(CultureInfo.InvariantCulture, $"\"\\u007e{node.Uid:x}.{connection:x}.{time:x}."));
    private int _prefix;
    private long _number;

    /// <summary>Gives the next id. The span is valid until the next call.</summary>
    public ReadOnlySpan<byte> Next()
    {
        if (_prefix == 0)
            _prefix = _id.Length;
        _id.Truncate(_prefix);
        return _id.Append(++_number).Append("\""u8).Written;
    }
}
