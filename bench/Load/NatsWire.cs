using ChatAkka.Protocol.Client;

namespace ChatAkka.Load;

/// <summary>As much of the NATS client protocol as it takes to compare with nats-server: a subject per user, no receipts.</summary>
/// <remarks>Source: docs.nats.io, "Client Protocol".</remarks>
internal sealed class NatsWire : IWire
{
    public void Login(Utf8Buffer to, string name, bool acks) => to
        .Append("CONNECT {\"verbose\":false,\"pedantic\":false}\r\nSUB chat."u8).Append(name).Append(" 1\r\nPING\r\n"u8);

    public void Acknowledge(Utf8Buffer to, ReadOnlySpan<byte> line) => throw new NotSupportedException("core NATS has no acknowledgements");

    public void Chat(Utf8Buffer to, string recipient, ReadOnlySpan<byte> content, long number) => to
        .Append("PUB chat."u8).Append(recipient).Append(" "u8).Append((long)content.Length).Append("\r\n"u8).Append(content).Append("\r\n"u8);

    public WireLine Read(ReadOnlySpan<byte> line, Utf8Buffer reply)
    {
        if (line.IndexOf(Tag.Mark) >= 0)
            return new(LineKind.Message);
        if (line.StartsWith("PONG"u8))
            return new(LineKind.Ready);
        if (line.StartsWith("PING"u8))
        {
            reply.Append("PONG\r\n"u8);
            return new(LineKind.Question);
        }

        return new(line.StartsWith("-ERR"u8) ? LineKind.Error : LineKind.Other);
    }
}
