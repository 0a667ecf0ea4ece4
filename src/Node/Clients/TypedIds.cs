using System.Globalization;
using ChatAkka.Protocol;
using ChatAkka.Protocol.Client;

namespace ChatAkka.Node.Clients;

/// <summary>Makes the ids of the chats that one connection types: so a person gets the promise of an id without giving one.</summary>
/// <remarks>
/// An id is the JSON token <c>"\u007enode.connection.time.number"</c>, all but the last in hexadecimal: incarnation of the node, connection,
/// when the connection typed its first chat, and how many it has typed. No two chats get the same, whichever connection, node or start of a
/// node they come from. No client can choose it either: the ids of clients are brought to the shortest form, in which <c>~</c> stands as
/// it is (<see cref="MessageId"/>). It is between nodes and mailboxes alone: nobody is shown it (<see cref="DeliveryWriter"/>).
/// Not thread-safe.
/// </remarks>
/// <param name="node">This node.</param>
/// <param name="connection">The connection.</param>
/// <param name="time">When it types its first chat, in milliseconds since 1970, UTC.</param>
internal sealed class TypedIds(NodeId node, long connection, long time)
{
    private readonly Utf8Buffer _id = new Utf8Buffer().Append(string.Create(CultureInfo.InvariantCulture, $"\"\\u007e{node.Uid:x}.{connection:x}.{time:x}."));
    private int _prefix;
    private long _number;

    /// <summary>The next id, valid until the next call.</summary>
    public ReadOnlySpan<byte> Next()
    {
        if (_prefix == 0)
            _prefix = _id.Length;
        _id.Truncate(_prefix);
        return _id.Append(++_number).Append("\""u8).Written;
    }
}
