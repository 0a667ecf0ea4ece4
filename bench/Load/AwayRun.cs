namespace ChatAkka.Load;

/// <summary>A run of senders whose recipients are offline: a chat is done with its receipt <c>stored</c>.</summary>
internal sealed class AwayRun(LoadOptions options, TextWriter progress) : LoadRun(options, progress)
{
    private readonly List<AwaySender> _senders = [];

    protected override long Done => _senders.Sum(s => s.Stored);

    protected override long UnderWay => _senders.Sum(s => s.UnderWay);

    protected override async Task<LoadResult> RunAsync(List<LoadClient> clients, CancellationToken stop)
    {
        for (var i = 0; i < Options.UserCount; i++)
            clients.Add(NewClient($"away{Name}-{i}", acks: false));
        _senders.AddRange(clients.Select(c => new AwaySender(c, Options.Recipients, Options.Size, Meter)));
        var loginSeconds = await LoginAsync(clients, i => i, stop);
        await MeasureAsync(() => _senders.ForEach(s => s.Start(Options.Window)), stop);
        _senders.ForEach(s => s.Stop());
        await DrainAsync();
        var (unanswered, disconnected) = (UnderWay, clients.Count(c => c.IsClosed));
        var readers = Options.ReadBack ? await ReadBackAsync(stop) : [];
        return Result($"closed loop, {Options.Window} in flight, {Options.Recipients} recipients each, away, {Options.Size} B", clients.Count, loginSeconds, new LoadTally
        {
            Sent = _senders.Sum(s => s.Sent),
            Done = Done,
            Lost = Options.ReadBack ? Math.Max(0, Done - readers.Sum(r => r.Arrivals.Count)) : 0,
            Doubled = _senders.Sum(s => s.Doubled) + readers.Sum(r => r.Arrivals.Doubled),
            Reordered = readers.Sum(r => r.Arrivals.Reordered),
            Damaged = readers.Sum(r => r.Arrivals.Damaged),
            Unanswered = unanswered,
            Disconnected = disconnected,
        });
    }

    /// <summary>Logs in as each recipient and reads what was stored, so that nothing of this run is left.</summary>
    private async Task<IReadOnlyList<WaitingReader>> ReadBackAsync(CancellationToken stop)
    {
        WaitingReader[] readers = [.. _senders.SelectMany(s => s.Recipients).Select(r => new WaitingReader(NewClient(r.Name, acks: true), r.Chats, Meter))];
        await SayAsync($"reading what {readers.Length} recipients have");
        await AtOnceAsync(readers.Length, async i =>
        {
            await readers[i].LoginAsync(NodeAt(i));
            await readers[i].ReadAsync();
            await readers[i].Client.CloseAsync();
        }, stop);
        return readers;
    }
}
