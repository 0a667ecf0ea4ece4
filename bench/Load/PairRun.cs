namespace ChatAkka.Load;

/// <summary>A run of pairs of users who are online: the first of each pair chats with the second.</summary>
internal sealed class PairRun(LoadOptions options, TextWriter progress) : LoadRun(options, progress)
{
    /// <summary>How long the server may take for the last acknowledgements.</summary>
    private static readonly TimeSpan s_settle = TimeSpan.FromSeconds(1);

    private readonly List<Pair> _pairs = [];
    private volatile bool _isSending;

    protected override long Done => _pairs.Sum(p => p.Arrivals.Count);

    protected override long UnderWay => _pairs.Sum(p => p.UnderWay) + Unanswered;

    /// <summary>True where a chat gets an id.</summary>
    private bool WantsReceipts => Options.Receipts || Options.Pattern == LoadPattern.Acks;

    private bool Acks => Options.Acks || Options.Pattern == LoadPattern.Acks;

    private long Unanswered => WantsReceipts ? _pairs.Sum(p => p.Sent - p.Answered) : 0;

    protected override async Task<LoadResult> RunAsync(List<LoadClient> clients, CancellationToken stop)
    {
        for (var i = 0; i < Options.UserCount; i++)
            clients.Add(NewClient(Acks ? $"load{Name}-{i}" : $"load{i}", Acks && i % 2 == 1));
        var loginSeconds = await LoginAsync(clients, NodeOf, stop);
        for (var i = 0; Options.Mode != LoadMode.Idle && i + 1 < clients.Count; i += 2)
            _pairs.Add(NewPair(clients[i], clients[i + 1]));

        _isSending = true;
        var sending = Task.CompletedTask;
        await MeasureAsync(() => sending = StartLoad(), stop);
        _isSending = false;
        await sending;
        await DrainAsync();
        var disconnected = clients.Count(c => c.IsClosed);
        var unread = Options.ReadBack ? await LogInAgainAsync(stop) : 0;
        return Result(Describe(), clients.Count, loginSeconds, new LoadTally
        {
            Sent = _pairs.Sum(p => p.Sent),
            Done = Done,
            Lost = _pairs.Sum(p => p.UnderWay),
            Doubled = _pairs.Sum(p => p.Arrivals.Doubled) + unread,
            Reordered = _pairs.Sum(p => p.Arrivals.Reordered),
            Damaged = _pairs.Sum(p => p.Arrivals.Damaged),
            Unanswered = Unanswered,
            Disconnected = disconnected,
        });
    }

    private string Describe()
    {
        var load = Options.Mode switch
        {
            LoadMode.Closed => $"closed loop, {Options.Window} in flight",
            LoadMode.Open => $"open loop, {Options.Rate}/s",
            _ => "idle",
        };
        return Options.Mode == LoadMode.Idle ? load : $"{load}, {Options.Pattern}, {Options.Size} B{(Options.Receipts ? ", with receipts" : "")}{(Options.Acks ? ", acknowledged" : "")}";
    }

    /// <summary>The node of a user: users are paired, 0 with 1, 2 with 3 and so on; every other pair is turned round.</summary>
    private int NodeOf(int user)
    {
        var (pair, second) = (user / 2, user % 2);
        var isLocal = Options.Pattern == LoadPattern.Local || (Options.Pattern == LoadPattern.Mixed && pair % 4 < 2);
        return isLocal ? pair : pair + second;
    }

    private Pair NewPair(LoadClient sender, LoadClient recipient)
    {
        var pair = new Pair(sender, recipient, Options.Size, Meter);
        sender.OnAnswer = _ => pair.Answered++;
        if (Options.Mode != LoadMode.Closed)
            return pair;
        if (Options.Receipts)
        {
            sender.OnAnswer += _ => AddNext(pair);
            sender.OnReadDone = sender.Flush;
        }
        else
        {
            // The sender is another client than the one that reads: what its chats caused is sent when the read is done, and acknowledged.
            pair.OnDelivered = AddNext;
            recipient.OnReadDone = sender.Flush;
        }

        return pair;
    }

    private Task StartLoad()
    {
        if (Options.Mode == LoadMode.Open)
            return Task.Factory.StartNew(SendOpen, TaskCreationOptions.LongRunning);
        if (Options.Mode == LoadMode.Closed)
            _pairs.ForEach(Start);
        return Task.CompletedTask;
    }

    private void Start(Pair pair)
    {
        for (var i = 0; i < Options.Window; i++)
            pair.Add(Meter.Now, WantsReceipts);
        pair.Sender.Flush();
    }

    private void AddNext(Pair pair)
    {
        if (_isSending)
            pair.Add(Meter.Now, WantsReceipts);
    }

    private void SendOpen()
    {
        var start = Meter.Now;
        for (long sent = 0; _isSending;)
        {
            var due = (Meter.Now - start) * Options.Rate / 1_000_000;
            for (; sent < due; sent++)
            {
                var pair = _pairs[(int)(sent % _pairs.Count)];
                pair.Add(start + (sent * 1_000_000 / Options.Rate), WantsReceipts);
                pair.Sender.Flush();
            }

            Thread.Sleep(1);
        }
    }

    /// <summary>Lets the recipients log in again.</summary>
    /// <returns>How many messages the server gave them again, although they had acknowledged all.</returns>
    private async Task<long> LogInAgainAsync(CancellationToken stop)
    {
        long unread = 0;
        await Task.Delay(s_settle, stop);
        await AtOnceAsync(_pairs.Count, async i =>
        {
            await _pairs[i].Recipient.CloseAsync();
            using var again = NewClient(_pairs[i].Recipient.Name, acks: true);
            Interlocked.Add(ref unread, await again.LoginAsync(NodeAt(i)));
        }, stop);
        return unread;
    }
}
