using System.Globalization;
using ChatAkka.Chaos.History;
using ChatAkka.Chaos.Load;

namespace ChatAkka.Chaos.Soak;

/// <summary>Users who come once and never again: each logs in with a new name, chats with itself and with the visitor before, and leaves.</summary>
/// <remarks>A chat to a visitor who has left is stored, and nobody ever reads it: it must go with its age, and everything about the visitor with it.</remarks>
internal sealed class Visitors(IReadOnlyList<string> addresses, int rate, int seed) : IAsyncDisposable
{
    private const int MostAtOnce = 100;
    private static readonly TimeSpan s_tick = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan s_answersWithin = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource _stop = new();
    private readonly EventLog _log = new(TextWriter.Null, verbose: false);
    private readonly Random _random = new(seed);
    private Task _task = Task.CompletedTask;
    private int _count;
    private int _present;
    private long _letIn;
    private long _unanswered;
    private long _notTried;
    private volatile bool _isResting;

    /// <summary>What the visitors measured.</summary>
    public LoadStatistics Statistics { get; } = new();

    /// <summary>Starts to let visitors come.</summary>
    public void Start() => _task = RunAsync();

    /// <summary>No visitor comes any more until <see cref="Go"/>; waits until those who are there have left.</summary>
    public async Task RestAsync()
    {
        _isResting = true;
        while (Volatile.Read(ref _present) > 0)
            await Task.Delay(s_tick);
    }

    /// <summary>Visitors come again.</summary>
    public void Go() => _isResting = false;

    /// <summary>What they did, in one line.</summary>
    public string Summary() => string.Create(CultureInfo.InvariantCulture,
        $"visitors: {_count} came, {_letIn} were let in, {Statistics.Messages} messages arrived, {_unanswered} left before all their chats were answered, {_notTried} did not come because {MostAtOnce} were there");

    /// <summary>Takes the violations since the last call: of the rules that need nothing but the history of the visitors' connections.</summary>
    public IReadOnlyList<Violation> Check()
    {
        var index = new HistoryIndex(_log.Take());
        return [.. MessageRules.Numbers(index), .. MessageRules.Order(index)];
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _task;
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        var last = Clock.Now;
        double due = 0;
        while (!_stop.IsCancellationRequested)
        {
            await Task.Delay(s_tick);
            var now = Clock.Now;
            due = _isResting ? 0 : due + ((now - last) / 1e6 * rate);
            last = now;
            for (; due >= 1; due--)
                Come();
        }
    }

    private void Come()
    {
        if (Volatile.Read(ref _present) >= MostAtOnce)
        {
            _notTried++;
            return;
        }

        var number = _count++;
        Interlocked.Increment(ref _present);
        var address = addresses[_random.Next(addresses.Count)];
        _ = Task.Run(async () =>
        {
            await VisitAsync(number, address);
            Interlocked.Decrement(ref _present);
        });
    }

    private async Task VisitAsync(int number, string address)
    {
        var name = NameOf(number);
        var (connection, _) = await ChatConnection.TryOpenAsync(address, name, acks: number % 3 == 0, _log, Statistics);
        if (connection is null)
            return;
        Interlocked.Increment(ref _letIn);
        connection.TrySend(name, hasId: true);
        connection.TrySend(NameOf(number - 1), hasId: true);
        connection.TrySend(name, hasId: true);
        var end = Clock.Now + Clock.Of(s_answersWithin);
        while (connection.IsOwedAnswers && Clock.Now < end && !connection.Ended.IsCompleted)
            await Task.Delay(s_tick);
        if (connection.IsOwedAnswers)
            Interlocked.Increment(ref _unanswered);
        connection.Abort();
    }

    private string NameOf(int number) => string.Create(CultureInfo.InvariantCulture, $"visitor{seed}-{number}");
}
