using ChatAkka.Chaos.History;
using ChatAkka.Chaos.Load;
using Message = ChatAkka.Chaos.History.HistoryIndex.Message;

namespace ChatAkka.Chaos.Faults;

/// <summary>A node stands still for so long that its mailboxes go on elsewhere, and then wakes up and believes that they are its own.</summary>
/// <remarks>
/// The mailboxes are those of users who are away. Of each three of them one gets chats all the time; the second gets none for a while
/// before the node wakes, so that its mailbox has left the memory when it is read; the third has, and is read while the node wakes. What was stored for any of
/// them must arrive.
/// </remarks>
internal static class FreezeFault
{
    private const int Mailboxes = 30;
    private const int Rate = 100;
    private static readonly TimeSpan s_silenceBound = TimeSpan.FromSeconds(14);
    private static readonly TimeSpan s_takenOverWithin = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan s_readWithin = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan s_stopLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(500);

    /// <summary>The new owner of a mailbox has saved a snapshot and deleted events so long after the last chat.</summary>
    private static readonly TimeSpan s_forgotten = TimeSpan.FromSeconds(7);

    private static int s_rounds;

    public static IEnumerable<Fault> All => [new("node-freeze-moved", false, InjectAsync)];

    private static async Task InjectAsync(FaultContext c)
    {
        // Names of this round alone: whoever reads them reads from the beginning.
        var round = Interlocked.Increment(ref s_rounds);
        var names = Enumerable.Range(1, Mailboxes).Select(i => $"away{round}-{i}").ToList();
        var (always, later, now) = (Third(names, 0), Third(names, 1), Third(names, 2));
        c.Probe.Add(names);
        var node = c.PickBusyNode();
        var incarnation = node.Incarnation;
        var holders = c.HoldersOn(node);
        using var stopAll = new CancellationTokenSource();
        using var stopMost = CancellationTokenSource.CreateLinkedTokenSource(stopAll.Token);
        var chats = Task.WhenAll(c.Fleet.ChatToAsync(always, Rate / 3, stopAll.Token), c.Fleet.ChatToAsync([.. later, .. now], Rate * 2 / 3, stopMost.Token));
        await UntilStoredAsync(c, names, Clock.Now, "every mailbox is in use");

        var start = Clock.Now;
        c.NoteDisturbed(node, TimeSpan.FromSeconds(90));
        c.NoteDead(node, s_silenceBound);
        node.Signal("STOP");
        await c.AwaitKeysGoneAsync(holders, start, s_silenceBound);
        await c.ExpectAsync(() => c.Probe.Nodes?.Overlaps(holders) == false, s_silenceBound, "the frozen node is off the list");
        await UntilStoredAsync(c, names, Clock.Now, "every mailbox is in use again");
        await stopMost.CancelAsync();
        await Task.Delay(s_forgotten);

        // They read until the round was checked.
        var stopReading = new CancellationTokenSource();
        var readers = names.ToDictionary(n => n, c.Fleet.NewReader);
        List<Task> reading = [.. now.Select(n => readers[n].RunAsync(stopReading.Token))];
        await Task.Delay(TimeSpan.FromSeconds(c.Random.NextDouble()));
        node.Signal("CONT");
        c.RecoverFrom = Clock.Now;
        await c.ExpectExitAsync(node, incarnation, exitCode: 1, s_stopLimit);
        await FaultContext.UntilAsync(() => node.Incarnation > incarnation && node.IsReady, s_takenOverWithin);
        await stopAll.CancelAsync();
        await chats;
        reading.AddRange(later.Concat(always).Select(n => readers[n].RunAsync(stopReading.Token)));
        await UntilReadAsync(c, readers);
        c.AfterCheck(async () =>
        {
            await stopReading.CancelAsync();
            await Task.WhenAll(reading);
            stopReading.Dispose();
        });
    }

    private static List<string> Third(IEnumerable<string> names, int which) => [.. names.Where((_, i) => i % 3 == which)];

    /// <summary>Waits until each of them has a receipt for a chat sent from now on: its mailbox lives somewhere.</summary>
    private static async Task UntilStoredAsync(FaultContext c, IReadOnlyCollection<string> names, long since, string what)
    {
        List<string> missing = [];
        for (var end = Clock.Now + Clock.Of(c.Patiently(s_takenOverWithin)); Clock.Now < end; await Task.Delay(s_look))
        {
            var stored = Of(c, names).Where(m => m.Sent.At >= since && IsStored(m)).Select(m => m.Sent.Recipient).ToHashSet();
            missing = [.. names.Where(n => !stored.Contains(n))];
            if (missing.Count == 0)
                break;
        }

        c.Log.Note($"{what} after {(Clock.Now - since) / 1e6:F1} s");
        c.Expect(missing.Count == 0, $"{what} within {s_takenOverWithin.TotalSeconds} s; not {string.Join(", ", missing)}");
    }

    /// <summary>Waits until all has come, or nothing more does; the checker says what is missing.</summary>
    private static async Task UntilReadAsync(FaultContext c, IReadOnlyDictionary<string, ChatUser> readers)
    {
        List<Message> stored = [];
        var open = 0;
        for (var end = Clock.Now + Clock.Of(c.Patiently(s_readWithin)); Clock.Now < end; await Task.Delay(s_look))
        {
            open = readers.Values.Count(r => r.Current is not null);
            stored = [.. Of(c, readers.Keys).Where(IsStored)];
            if (open == readers.Count && stored.All(m => m.Deliveries.Count > 0))
                break;
        }

        c.Log.Note($"{stored.Count} chats were stored for who is away, {stored.Count(m => m.Deliveries.Count == 0)} did not come");
        c.Expect(open == readers.Count, $"whoever was away is logged in; {open} of {readers.Count} are");
    }

    private static IEnumerable<Message> Of(FaultContext c, IEnumerable<string> names)
    {
        var wanted = names.ToHashSet();
        return new HistoryIndex(c.Log.Copy()).Messages.Where(m => wanted.Contains(m.Sent.Recipient));
    }

    private static bool IsStored(Message message) => message.Answers.Any(a => a.Outcome == "stored");
}
