namespace ChatAkka.Load;

/// <summary>A sender whose recipients are away, and what became of its chats.</summary>
/// <remarks>
/// <para>Chats go to the recipients in turn. A recipient gets at most <see cref="MostMessages"/> chats and <see cref="MostBytes"/> bytes, then
/// another name takes its place. So no mailbox becomes full, whatever the rate and the length of a run are.</para>
/// <para>Sending and reading are one thread's at a time.</para>
/// </remarks>
internal sealed class AwaySender
{
    /// <summary>Less than one sender may put into a mailbox: a quarter of <c>chat.mailbox.max-messages</c>.</summary>
    public const int MostMessages = 240;

    /// <summary>Less than a quarter of <c>chat.mailbox.max-bytes</c>.</summary>
    private const int MostBytes = 3 << 20;

    private readonly LoadClient _client;
    private readonly LoadMeter _meter;
    private readonly int _recipients;
    private readonly int _most;
    private readonly byte[] _content;
    private readonly Dictionary<long, long> _underWay = [];
    private readonly List<AwayRecipient> _all = [];
    private long _quota;

    /// <summary>Prepares a sender.</summary>
    /// <param name="client">Its connection.</param>
    /// <param name="recipients">To how many it sends at a time.</param>
    /// <param name="size">Bytes of a chat's content.</param>
    /// <param name="meter">What counts receipts.</param>
    public AwaySender(LoadClient client, int recipients, int size, LoadMeter meter)
    {
        (_client, _recipients, _meter) = (client, recipients, meter);
        _content = Tag.NewContent(size);
        _most = Math.Clamp(MostBytes / _content.Length, 1, MostMessages);
        client.OnAnswer = OnAnswer;
        client.OnReadDone = client.Flush;
    }

    /// <summary>Everybody who got a chat.</summary>
    public IReadOnlyList<AwayRecipient> Recipients => _all;

    public long Sent { get; private set; }

    /// <summary>Chats with the receipt <c>stored</c>.</summary>
    public long Stored { get; private set; }

    /// <summary>Chats that got something else: an error, or <c>delivered</c>, which cannot be true.</summary>
    public long Refused { get; private set; }

    /// <summary>Answers to chats that were answered before.</summary>
    public long Doubled { get; private set; }

    public long UnderWay => Sent - Stored - Refused;

    /// <summary>Sends.</summary>
    /// <param name="window">How many chats may be in flight.</param>
    /// <param name="each">How many chats each recipient gets; null: chats are sent until <see cref="Stop"/>.</param>
    public void Start(int window, int? each = null)
    {
        Volatile.Write(ref _quota, (long?)each * _recipients ?? long.MaxValue);
        for (var i = 0; i < window; i++)
            AddNext();
        _client.Flush();
    }

    /// <summary>Sends no more chats.</summary>
    public void Stop() => Volatile.Write(ref _quota, 0);

    private void AddNext()
    {
        if (Sent >= Volatile.Read(ref _quota))
            return;
        var turn = Sent / _recipients;
        var index = (int)((turn / _most * _recipients) + (Sent % _recipients));
        if (index == _all.Count)
            _all.Add(new AwayRecipient($"{_client.Name}-{index}"));
        var (number, micros) = (Sent++, _meter.Now);
        _underWay.Add(number, micros);
        Tag.Write(_content, _all[index].Chats++, micros);
        _client.Add(_all[index].Name, _content, number);
    }

    private void OnAnswer(WireLine answer)
    {
        if (!_underWay.Remove(answer.Number, out var micros))
        {
            Doubled++;
            return;
        }

        if (answer.Kind == LineKind.Stored)
        {
            Stored++;
            _meter.Record(micros);
        }
        else
            Refused++;
        AddNext();
    }
}

/// <summary>A recipient who is away.</summary>
/// <param name="name">The user's name.</param>
internal sealed class AwayRecipient(string name)
{
    public string Name => name;

    /// <summary>How many chats were sent to this user; their tags are numbered from 0.</summary>
    public long Chats { get; set; }
}
