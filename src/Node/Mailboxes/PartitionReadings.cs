using Akka.Actor;
using ChatAkka.Protocol.Mailboxes;

namespace ChatAkka.Node.Mailboxes;

/// <summary>Answers the requests of a partition's readers. The bytes of messages come from memory, or from the log: then events for several readers are
/// read together, one question to Redis at a time.</summary>
internal sealed class PartitionReadings(
    PartitionServices services,
    string persistenceId,
    PartitionState state,
    MailboxReads reads,
    EventCache cache,
    PartitionClients clients,
    IActorContext context,
    ITimerScheduler timers)
{
    /// <summary>One question to Redis asks for events until there are this many, or this many bytes.</summary>
    private const int MostEvents = 128;
    private const int MostBytes = 1024 * 1024;

    private readonly HashSet<string> _wanted = new(StringComparer.Ordinal);
    private readonly HashSet<string> _waiting = new(StringComparer.Ordinal);
    private readonly HashSet<string> _afterLoss = new(StringComparer.Ordinal);
    private bool _isFetching;
    private long _kept;

    /// <summary>A user's reader may get something with the next <see cref="Serve"/>.</summary>
    public void Want(string user) => _wanted.Add(user);

    /// <summary>Answers all requests that can be answered now.</summary>
    /// <param name="kept">Number of the last message that is written.</param>
    public void Serve(long kept)
    {
        _kept = kept;
        _wanted.UnionWith(_afterLoss);
        _afterLoss.Clear();
        foreach (var user in _wanted)
        {
            if (!TryAnswer(user, fetched: null))
                _waiting.Add(user);
        }

        _wanted.Clear();
        Start();
    }

    /// <summary>Begins to read events for the readers that wait for them.</summary>
    public void Start()
    {
        if (_isFetching || _waiting.Count == 0)
            return;
        var numbers = new SortedSet<long>();
        List<string> users = [];
        var bytes = 0;
        foreach (var user in _waiting)
        {
            foreach (var message in reads.Next(user, _kept) ?? [])
            {
                if (cache.Find(message.Event) is null && numbers.Add(message.Event))
                    bytes += state.Events.SizeOf(message.Event);
            }

            users.Add(user);
            if (numbers.Count >= MostEvents || bytes >= MostBytes)
                break;
        }

        _isFetching = true;
        _waiting.ExceptWith(users);
        services.Log.ReadAsync(persistenceId, [.. numbers]).PipeTo(
            context.Self,
            success: events => new Fetched(users, numbers, events, null),
            failure: e => new Fetched(users, numbers, new Dictionary<long, byte[]>(), e));
    }

    /// <summary>Takes the events that were read.</summary>
    public void OnFetched(Fetched fetched)
    {
        _isFetching = false;
        if (fetched.Failure is not null)
        {
            _waiting.UnionWith(fetched.Users);
            timers.StartSingleTimer(nameof(Retry), new Retry(), services.Timings.RetryRead);
            return;
        }

        foreach (var number in fetched.Numbers.Where(n => !fetched.Events.ContainsKey(n)))
            reads.Lose(number);
        foreach (var user in fetched.Users)
        {
            if (!TryAnswer(user, fetched.Events))
                _waiting.Add(user);
        }

        foreach (var (number, bytes) in fetched.Events)
            cache.Add(number, bytes);
        Start();
        clients.Flush(state.Term);
    }

    /// <summary>Says how much a mailbox holds.</summary>
    public MailboxDepth DepthOf(string user) => state.Find(user) is { } mailbox
        ? new MailboxDepth(mailbox.Count, mailbox.Bytes, mailbox.Last, mailbox.Reader?.Id)
        : new MailboxDepth(0, 0, 0, null);

    /// <summary>Answers a user's reader, if there is something to answer. Gives false if events have to be read first.</summary>
    private bool TryAnswer(string user, IReadOnlyDictionary<long, byte[]>? fetched)
    {
        if (reads.Next(user, _kept) is not { } messages || state.Find(user)?.Reader is not { Request: { } request } reader)
            return true;
        var space = new byte[messages.Sum(m => m.Length + NumberedEntryReader.MaxOverhead)];
        var (length, before) = (0, 0L);
        foreach (var message in messages)
        {
            if ((cache.Find(message.Event) ?? fetched?.GetValueOrDefault(message.Event)) is not { } bytes)
            {
                // What is lost is taken out with the next turn. Until then the reader gets what comes before it.
                if (length > 0)
                    break;
                return reads.IsLost(message.Event) && _afterLoss.Add(user);
            }

            length += NumberedEntryReader.Write(space.AsSpan(length), before, message.Number, bytes.AsSpan(message.Offset, message.Length));
            before = message.Number;
        }

        var isDrained = messages.Count == 0 && !reader.Acks;
        clients.Answer(reader.Id.Node, new MailboxAnswer.Chunk(reader.Id.Connection, request.Number, reads.WaitingOf(user), isDrained, space.AsMemory(0, length)));
        reader.Answered(isDrained);
        return true;
    }

    /// <summary>Events were read for readers.</summary>
    public sealed record Fetched(
        IReadOnlyList<string> Users, IReadOnlyCollection<long> Numbers, IReadOnlyDictionary<long, byte[]> Events, Exception? Failure);

    /// <summary>Reading failed; it is tried again.</summary>
    public sealed record Retry;
}
