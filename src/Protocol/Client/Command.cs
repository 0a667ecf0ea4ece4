namespace ChatAkka.Protocol.Client;

/// <summary>A parsed line. Its spans point into the line or into the parser's buffer, and are valid until the next parse.</summary>
public ref struct Command
{
    /// <summary>The kind of command.</summary>
    public CommandKind Kind { get; internal set; }

    /// <summary>True if the line was JSON. Then the answer is JSON, too.</summary>
    public bool IsJson { get; internal set; }

    /// <summary>The error if the line is refused. Then the other fields contain what could be read.</summary>
    public ErrorCode Error { get; internal set; }

    /// <summary>Text of the error for people; null for the standard text.</summary>
    public string? ErrorText { get; internal set; }

    /// <summary>Name in <c>login</c> and <c>who</c>. Empty for a typed <c>who</c> without a name, which asks for the own session, and for a login whose
    /// token names the user.</summary>
    public ReadOnlySpan<byte> Name { get; internal set; }

    /// <summary>Token in <c>login</c> and <c>renew</c>; empty if there is none. It must not be logged.</summary>
    public ReadOnlySpan<byte> Token { get; internal set; }

    /// <summary>Password in <c>login</c> and <c>register</c>; empty if there is none. It must not be logged.</summary>
    public ReadOnlySpan<byte> Password { get; internal set; }

    /// <summary>Recipient of <c>chat</c>.</summary>
    public ReadOnlySpan<byte> Recipient { get; internal set; }

    /// <summary>Content of <c>chat</c>.</summary>
    public ReadOnlySpan<byte> Content { get; internal set; }

    /// <summary>Sender in <c>chat</c>; empty if <see cref="HasSender"/> is false.</summary>
    public ReadOnlySpan<byte> Sender { get; internal set; }

    /// <summary>True if <c>chat</c> names a sender.</summary>
    public bool HasSender { get; internal set; }

    /// <summary>Id of <c>chat</c> as a JSON token; empty if it has none.</summary>
    public ReadOnlySpan<byte> Id { get; internal set; }

    /// <summary>Delivery format of <c>login</c>.</summary>
    public DeliveryFormat Format { get; internal set; }

    /// <summary>True if the client wants to acknowledge its messages (<c>"ack":true</c> in <c>login</c>).</summary>
    public bool WantsAck { get; internal set; }

    /// <summary>Number in <c>ack</c>: all messages up to it are acknowledged.</summary>
    public long Sequence { get; internal set; }
}
