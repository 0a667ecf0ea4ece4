using System.Buffers.Text;
using ChatAkka.Protocol.Client;

namespace ChatAkka.Load;

/// <summary>As much of NATS JetStream as it takes to compare mailboxes with it: a subject of one stream per user; a user who acknowledges
/// has a durable push consumer of that subject and acknowledges each message.</summary>
/// <remarks>
/// <para>Source: docs.nats.io, "Client Protocol" and "JetStream wire API Reference".</para>
/// <para>A chat's receipt is the PubAck, a message to the subject that the chat names for replies. These subjects are few and used again,
/// because new ones for each chat would cost the server more.</para>
/// </remarks>
/// <param name="stream">The name of the stream; its subjects are this name, a dot and a user's name.</param>
internal sealed class JetStreamWire(string stream) : IWire
{
    private const int MessageSubscription = 1;
    private const int ReplySubscription = 2;

    /// <summary>The reply subject of the request for the consumer.</summary>
    private const int LoginReply = -1;

    private readonly Utf8Buffer _acks = new();
    private readonly Utf8Buffer _ackTo = new();
    private readonly List<long> _numbers = [];
    private readonly Stack<int> _freeReplies = [];
    private string _name = "";
    private bool _hasConsumer;
    private int _reply;

    public void Login(Utf8Buffer to, string name, bool acks)
    {
        (_name, _hasConsumer) = (name, acks);
        to.Append("CONNECT {\"verbose\":false,\"pedantic\":false}\r\n"u8);
        to.Append("SUB _INBOX."u8).Append(name).Append(".* "u8).Append(ReplySubscription).Append("\r\n"u8);
        if (acks)
        {
            to.Append("SUB _DELIVER."u8).Append(name).Append(" "u8).Append(MessageSubscription).Append("\r\n"u8);
            Publish(to, $"$JS.API.CONSUMER.DURABLE.CREATE.{stream}.{name} _INBOX.{name}.{LoginReply}", $$$"""
                {"stream_name":"{{{stream}}}","config":{"durable_name":"{{{name}}}","deliver_subject":"_DELIVER.{{{name}}}","deliver_policy":"all","ack_policy":"explicit","filter_subject":"{{{stream}}}.{{{name}}}"}}
                """);
        }

        to.Append("PING\r\n"u8);
    }

    public void Acknowledge(Utf8Buffer to, ReadOnlySpan<byte> line)
    {
        to.Append(_acks.Written);
        _acks.Truncate(0);
    }

    public void Chat(Utf8Buffer to, string recipient, ReadOnlySpan<byte> content, long number)
    {
        to.Append("PUB "u8).Append(stream).Append("."u8).Append(recipient);
        if (number != WireLine.NoNumber)
            to.Append(" _INBOX."u8).Append(_name).Append("."u8).Append(ReplyFor(number));
        to.Append(" "u8).Append((long)content.Length).Append("\r\n"u8).Append(content).Append("\r\n"u8);
    }

    public WireLine Read(ReadOnlySpan<byte> line, Utf8Buffer reply)
    {
        if (line.StartsWith("MSG "u8))
        {
            ReadHeader(line[4..].TrimEnd((byte)'\r'));
            return default;
        }

        if (line.IndexOf(Tag.Mark) >= 0)
        {
            _acks.Append("PUB "u8).Append(_ackTo.Written).Append(" 4\r\n+ACK\r\n"u8);
            return new(LineKind.Message);
        }

        if (line.StartsWith("{"u8))
            return _reply == LoginReply ? ConsumerCreated(line) : PublishAnswered(line);
        if (line.StartsWith("PONG"u8))
            return new(_hasConsumer ? LineKind.Other : LineKind.Ready);
        if (line.StartsWith("PING"u8))
        {
            reply.Append("PONG\r\n"u8);
            return new(LineKind.Question);
        }

        return new(line.StartsWith("-ERR"u8) ? LineKind.Error : LineKind.Other);
    }

    /// <summary>Writes a message; <paramref name="subjects"/> are where to, and where the answer goes.</summary>
    internal static void Publish(Utf8Buffer to, string subjects, string body) =>
        to.Append("PUB "u8).Append(subjects).Append(" "u8).Append(System.Text.Encoding.UTF8.GetByteCount(body)).Append("\r\n"u8).Append(body).Append("\r\n"u8);

    /// <summary>Reads <c>SUBJECT SUBSCRIPTION [REPLY-TO] SIZE</c>: which reply the next line is, or where its acknowledgement goes.</summary>
    private void ReadHeader(ReadOnlySpan<byte> header)
    {
        var subject = header[..header.IndexOf((byte)' ')];
        var rest = header[(subject.Length + 1)..];
        Utf8Parser.TryParse(rest, out int subscription, out var digits);
        if (subscription == ReplySubscription)
        {
            Utf8Parser.TryParse(subject[(subject.LastIndexOf((byte)'.') + 1)..], out _reply, out _);
            return;
        }

        rest = rest[(digits + 1)..];
        _ackTo.Truncate(0);
        _ackTo.Append(rest[..Math.Max(0, rest.IndexOf((byte)' '))]);
    }

    private static WireLine ConsumerCreated(ReadOnlySpan<byte> line) => line.IndexOf("\"error\":"u8) >= 0
        ? new(LineKind.Error)
        : new(LineKind.Ready, NumberAfter(line, "\"num_ack_pending\":"u8) + NumberAfter(line, "\"num_pending\":"u8));

    private WireLine PublishAnswered(ReadOnlySpan<byte> line)
    {
        _freeReplies.Push(_reply);
        return new(line.StartsWith("{\"stream\":"u8) ? LineKind.Stored : LineKind.Error, _numbers[_reply]);
    }

    private int ReplyFor(long number)
    {
        if (!_freeReplies.TryPop(out var reply))
        {
            reply = _numbers.Count;
            _numbers.Add(number);
        }

        _numbers[reply] = number;
        return reply;
    }

    private static long NumberAfter(ReadOnlySpan<byte> line, ReadOnlySpan<byte> label) =>
        line.IndexOf(label) is >= 0 and var at && Utf8Parser.TryParse(line[(at + label.Length)..], out long number, out _) ? number : 0;
}
