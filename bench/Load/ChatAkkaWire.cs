using System.Buffers.Text;
using ChatAkka.Protocol.Client;

namespace ChatAkka.Load;

/// <summary>ChatAkka's JSON lines (docs/protocol.md).</summary>
internal sealed class ChatAkkaWire : IWire
{
    // Ids of an earlier run are known to mailboxes for a day.
    private readonly long _run = DateTime.UtcNow.Ticks;
    private long _lastId;

    public void Login(Utf8Buffer to, string name, bool acks) => to
        .Append("{\"cmd\":\"login\",\"name\":\""u8).Append(name).Append(acks ? "\",\"format\":\"json\",\"ack\":true}\n"u8 : "\"}\n"u8);

    public void Acknowledge(Utf8Buffer to, ReadOnlySpan<byte> line)
    {
        var from = line.LastIndexOf("\"seq\":"u8) + 6;
        if (Utf8Parser.TryParse(line[from..], out long seq, out _))
            to.Append("{\"cmd\":\"ack\",\"seq\":"u8).Append(seq).Append("}\n"u8);
    }

    public void Chat(Utf8Buffer to, string recipient, ReadOnlySpan<byte> content, bool wantsReceipt)
    {
        to.Append("{\"cmd\":\"chat\",\"recv\":\""u8).Append(recipient).Append("\",\"content\":\""u8).Append(content).Append("\""u8);
        if (wantsReceipt)
            to.Append(",\"id\":\""u8).Append(_run).Append("-"u8).Append(Interlocked.Increment(ref _lastId)).Append("\""u8);
        to.Append("}\n"u8);
    }

    public LineKind Read(ReadOnlySpan<byte> line, Utf8Buffer reply)
    {
        if (line.IndexOf(Tag.Mark) >= 0)
            return LineKind.Message;
        if (line.StartsWith("{\"ok\":\"login\""u8))
            return LineKind.Ready;
        if (line.IndexOf("\"receipt\""u8) >= 0)
            return LineKind.Receipt;
        return line.StartsWith("{\"error\""u8) ? LineKind.Error : LineKind.Other;
    }
}
