namespace ChatAkka.Load;

/// <summary>A sender and its recipient, and what became of the chats between them.</summary>
/// <remarks>Sending is one thread's at a time, and so is receiving.</remarks>
internal sealed class Pair
{
    private readonly LoadClient _sender;
    private readonly LoadClient _recipient;
    private readonly LoadRun _run;
    private readonly byte[] _content;
    private readonly HashSet<long> _missing = [];
    private long _expected;

    public Pair(LoadClient sender, LoadClient recipient, int size, LoadRun run)
    {
        _sender = sender;
        _recipient = recipient;
        _run = run;
        _content = new byte[Math.Max(size, Tag.Length)];
        _content.AsSpan().Fill((byte)'x');
        recipient.OnMessage = line => OnMessage(line.Span);
    }

    public LoadClient Sender => _sender;

    public long Sent { get; private set; }

    public long Delivered { get; private set; }

    public long Doubled { get; private set; }

    public long Reordered { get; private set; }

    public long Damaged { get; private set; }

    public long Lost => Sent - Delivered;

    /// <summary>Called with each chat that arrived, before the read it came with is done.</summary>
    public Action<Pair>? OnDelivered { get; set; }

    /// <summary>Adds the next chat to what the sender sends.</summary>
    public void Add(long micros, bool wantsReceipt)
    {
        Tag.Write(_content, Sent, micros);
        Sent++;
        _sender.Add(_recipient.Name, _content, wantsReceipt);
    }

    private void OnMessage(ReadOnlySpan<byte> line)
    {
        if (!Tag.TryRead(line, out var number, out var micros))
        {
            Damaged++;
            return;
        }

        if (number >= _expected)
        {
            for (var skipped = _expected; skipped < number; skipped++)
                _missing.Add(skipped);
            _expected = number + 1;
        }
        else if (_missing.Remove(number))
            Reordered++;
        else
        {
            Doubled++;
            return;
        }

        Delivered++;
        _run.Record(micros);
        OnDelivered?.Invoke(this);
    }
}
