using ChatAkka.Protocol.Mailboxes;

namespace ChatAkka.Node.Mailboxes;

/// <summary>Answers the requests of a partition's readers. The bytes of messages come from memory, or from the log: then events for several readers are
/// read together, one question to Redis at a time.</summary>
/// <param name="owner">The owner of the partition.</param>
/// <param name="cache">The bytes of events.</param>
/// <param name="fetch">Reads events, and gives them to <see cref="OnFetched"/>.</param>
internal sealed class PartitionReadings(PartitionOwner owner, EventCache cache, Action<IReadOnlyList<string>, IReadOnlyCollection<long>> fetch)
{
    /// <summary>One question to Redis asks for events until there are this many, or this many bytes.</summary>
    private const int MostEvents = 128;
    private const int MostBytes = 1024 * 1024;

    private readonly HashSet<string> _waiting = new(StringComparer.Ordinal);
    private readonly HashSet<string> _afterLoss = new(StringComparer.Ordinal);
    private bool _isFetching;

    /// <summary>Answers all requests that can be answered now.</summary>
    public void Serve()
    {
        IReadOnlyList<string> wanted = [.. owner.TakeWanted(), .. _afterLoss];
        _afterLoss.Clear();
        foreach (var user in wanted)
        {
            if (!TryAnswer(user, fetched: null))
                _waiting.Add(user);
        }

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
            // A message that was moved may be in the event that is being written, which the store does not have yet.
            var messages = owner.Reads.Next(user, owner.Kept) ?? [];
            if (messages.Any(m => m.Event > owner.KeptEvent))
                continue;
            foreach (var message in messages)
            {
                if (cache.Find(message.Event) is null && numbers.Add(message.Event))
                    bytes += owner.State.Events.SizeOf(message.Event);
            }

            users.Add(user);
            if (numbers.Count >= MostEvents || bytes >= MostBytes)
                break;
        }

        if (users.Count == 0)
            return;
        _isFetching = true;
        _waiting.ExceptWith(users);
        fetch(users, numbers);
    }

    /// <summary>Events could not be read. <see cref="Start"/> tries it again.</summary>
    public void OnFailed(IReadOnlyList<string> users)
    {
        _isFetching = false;
        _waiting.UnionWith(users);
    }

    /// <summary>Takes the events that were read.</summary>
    public void OnFetched(Fetched fetched)
    {
        _isFetching = false;

        foreach (var number in fetched.Numbers.Where(n => !fetched.Events.ContainsKey(n)))
            owner.Reads.Lose(number);
        foreach (var user in fetched.Users)
        {
            if (!TryAnswer(user, fetched.Events))
                _waiting.Add(user);
        }

        foreach (var (number, bytes) in fetched.Events)
            cache.Add(number, bytes);
        Start();
    }

    /// <summary>Says how much a mailbox holds.</summary>
    public MailboxDepth DepthOf(string user) => owner.State.Find(user) is { } mailbox
        ? new MailboxDepth(mailbox.Count, mailbox.Bytes, mailbox.Last, mailbox.Reader?.Id)
        : new MailboxDepth(0, 0, 0, null);

    /// <summary>Answers a user's reader, if there is something to answer. Gives false if events have to be read first.</summary>
    private bool TryAnswer(string user, IReadOnlyDictionary<long, byte[]>? fetched)
    {
        if (owner.Reads.Next(user, owner.Kept) is not { } messages || owner.State.Find(user)?.Reader is not { Request: { } request } reader)
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
                if (!owner.Reads.IsLost(message.Event))
                    return false;
                _afterLoss.Add(user);
                return true;
            }

            length += NumberedEntryReader.Write(space.AsSpan(length), before, message.Number, bytes.AsSpan(message.Offset, message.Length));
            before = message.Number;
        }

        var isDrained = messages.Count == 0 && !reader.Acks;
        owner.Clients.Answer(reader.Id.Node, new MailboxAnswer.Chunk(reader.Id.Connection, request.Number, owner.Reads.WaitingOf(user), isDrained, space.AsMemory(0, length)));
        reader.Answered(isDrained);
        return true;
    }

    /// <summary>Events were read for readers.</summary>
    /// <param name="Users">The users whose readers wait.</param>
    /// <param name="Numbers">The events that were asked for.</param>
    /// <param name="Events">The events that the store has.</param>
    public sealed record Fetched(IReadOnlyList<string> Users, IReadOnlyCollection<long> Numbers, IReadOnlyDictionary<long, byte[]> Events);
}
