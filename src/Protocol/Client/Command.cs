namespace ChatAkka.Protocol.Client;

/// <summary>One parsed line. The spans lie in the line or in the parser's scratch and live until the next parse.</summary>
public ref struct Command
{
    /// <summary>What is asked for.</summary>
    public CommandKind Kind { get; internal set; }

    /// <summary>True where the line was JSON: it is answered in JSON.</summary>
    public bool IsJson { get; internal set; }

    /// <summary>Set where the line is refused; the other fields then are what could be read.</summary>
    public ErrorCode Error { get; internal set; }

    /// <summary>What is wrong, for people; null for the standard text.</summary>
    public string? ErrorText { get; internal set; }

    /// <summary>Name of <c>login</c> and <c>who</c>; empty for a typed <c>who</c> without one, which asks for the own session.</summary>
    public ReadOnlySpan<byte> Name { get; internal set; }

    /// <summary>Recipient of <c>chat</c>.</summary>
    public ReadOnlySpan<byte> Recipient { get; internal set; }

    /// <summary>Content of <c>chat</c>.</summary>
    public ReadOnlySpan<byte> Content { get; internal set; }

    /// <summary>Sender that <c>chat</c> claims; empty where <see cref="HasSender"/> is false.</summary>
    public ReadOnlySpan<byte> Sender { get; internal set; }

    /// <summary>True where <c>chat</c> names a sender.</summary>
    public bool HasSender { get; internal set; }

    /// <summary>Id of <c>chat</c> as a JSON token; empty where it has none.</summary>
    public ReadOnlySpan<byte> Id { get; internal set; }

    /// <summary>Delivery format of <c>login</c>.</summary>
    public DeliveryFormat Format { get; internal set; }

    /// <summary>True where <c>login</c> wants to acknowledge its deliveries.</summary>
    public bool WantsAck { get; internal set; }

    /// <summary>Number that <c>ack</c> acknowledges up to.</summary>
    public long Sequence { get; internal set; }
}
