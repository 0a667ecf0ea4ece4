namespace ChatAkka.Load;

/// <summary>A sender and its recipient, and what became of the chats between them.</summary>
/// <remarks>Sending is one thread's at a time, and so is receiving.</remarks>
internal sealed class Pair
{
    private readonly LoadMeter _meter;
    private readonly byte[] _content;

    public Pair(LoadClient sender, LoadClient recipient, int size, LoadMeter meter)
    {
        (Sender, Recipient, _meter) = (sender, recipient, meter);
        _content = Tag.NewContent(size);
        recipient.OnMessage = line => OnMessage(line.Span);
    }

    public LoadClient Sender { get; }

    public LoadClient Recipient { get; }

    public Arrivals Arrivals { get; } = new();

    public long Sent { get; private set; }

    /// <summary>Chats that got a receipt or an error.</summary>
    public long Answered { get; set; }

    public long UnderWay => Sent - Arrivals.Count;

    /// <summary>Called with each chat that arrived, before the read it came with is done.</summary>
    public Action<Pair>? OnDelivered { get; set; }

    /// <summary>Adds the next chat to what the sender sends.</summary>
    public void Add(long micros, bool wantsReceipt)
    {
        var number = Sent++;
        Tag.Write(_content, number, micros);
        Sender.Add(Recipient.Name, _content, wantsReceipt ? number : WireLine.NoNumber);
    }

    private void OnMessage(ReadOnlySpan<byte> line)
    {
        if (!Arrivals.TryAdd(line, out var micros))
            return;
        _meter.Record(micros);
        OnDelivered?.Invoke(this);
    }
}
