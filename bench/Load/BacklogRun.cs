namespace ChatAkka.Load;

/// <summary>A run that stores messages for users who are offline, and then measures how long it takes until all of them have logged in and
/// have read all.</summary>
internal sealed class BacklogRun(LoadOptions options, TextWriter progress) : LoadRun(options, progress)
{
    /// <summary>How long the servers get for the acknowledgements before their CPU time is taken.</summary>
    private static readonly TimeSpan s_settle = TimeSpan.FromSeconds(1);

    private readonly List<AwaySender> _senders = [];
    private IReadOnlyList<WaitingReader> _readers = [];

    protected override long Done => _senders.Sum(s => s.Stored);

    protected override long UnderWay => _senders.Sum(s => s.UnderWay);

    protected override async Task<LoadResult> RunAsync(List<LoadClient> clients, CancellationToken stop)
    {
        await StoreAsync(stop);
        _readers = [.. _senders.SelectMany(s => s.Recipients).Select(r => new WaitingReader(NewClient(r.Name, acks: true), r.Chats, Meter))];
        clients.AddRange(_readers.Select(r => r.Client));
        await Task.Delay(Options.WarmUp, stop);
        Meter.Open();
        var start = Meter.Now;
        await AtOnceAsync(_readers.Count, i => _readers[i].LoginAsync(NodeAt(i)), stop);
        var loginSeconds = (Meter.Now - start) / 1e6;
        await Task.WhenAll(_readers.Select(r => r.ReadAsync()));
        await Task.Delay(s_settle, stop);
        Meter.Close(Math.Max(start + 1, _readers.Max(r => r.LastAt)));
        return Result($"backlog, {Options.Waiting} waiting for each, {Options.Size} B", clients.Count, loginSeconds, new LoadTally
        {
            Sent = _senders.Sum(s => s.Sent),
            Done = _readers.Sum(r => r.Arrivals.Count),
            Lost = Math.Max(0, Done - _readers.Sum(r => r.Arrivals.Count)),
            Doubled = _senders.Sum(s => s.Doubled) + _readers.Sum(r => r.Arrivals.Doubled),
            Reordered = _readers.Sum(r => r.Arrivals.Reordered),
            Damaged = _readers.Sum(r => r.Arrivals.Damaged),
            Unanswered = UnderWay,
            Disconnected = clients.Count(c => c.IsClosed),
        });
    }

    /// <summary>Stores what the readers will read; the senders are gone afterwards.</summary>
    private async Task StoreAsync(CancellationToken stop)
    {
        List<LoadClient> clients = [];
        for (var users = 0; users < Options.UserCount; users += Options.Recipients)
        {
            var recipients = Math.Min(Options.Recipients, Options.UserCount - users);
            clients.Add(NewClient($"back{Name}-{clients.Count}", acks: false));
            _senders.Add(new AwaySender(clients[^1], recipients, Options.Size, Meter));
        }

        await LoginAsync(clients, i => i, stop);
        _senders.ForEach(s => s.Start(Options.Window, Options.Waiting));
        await DrainAsync();
        await SayAsync($"{Done} messages wait for {Options.UserCount} users");
        await Task.WhenAll(clients.Select(c => c.CloseAsync()));
    }
}
