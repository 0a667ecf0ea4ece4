using ChatAkka.Protocol.Mailboxes;

namespace ChatAkka.Node.Mailboxes;

/// <summary>The deposits of this node for one partition: those that wait, and those that were sent and not answered.</summary>
/// <remarks>
/// Pure and not thread-safe. Deposits are numbered for the term of the partition's present owner, without gaps. The owner takes them in this order, each once.
/// When a new owner says how far it has taken them, what comes after that is numbered and sent again.
/// </remarks>
/// <param name="resendAfter">Deposits that were not answered for this long are sent again.</param>
internal sealed class DepositLane(TimeSpan resendAfter)
{
    private readonly Queue<Parcel> _waiting = new();
    private readonly LinkedList<Parcel> _sent = new();
    private int _unsent;
    private long _last;
    private TimeSpan _sentAt;

    /// <summary>The term of the owner; 0 if it is not known.</summary>
    public long Term { get; private set; }

    /// <summary>All deposits up to this number are answered.</summary>
    public long Settled => _sent.First is { } first ? first.Value.Number - 1 : _last;

    /// <summary>True if no deposit waits or is under way.</summary>
    public bool IsEmpty => _waiting.Count == 0 && !_sent.Any(p => p.Deposit is not null);

    /// <summary>True if there are deposits to send now.</summary>
    public bool HasUnsent => Term != 0 && (_waiting.Count > 0 || _unsent > 0);

    /// <summary>Adds a deposit.</summary>
    public void Add(Deposit deposit, TimeSpan now)
    {
        var entries = EntryList.Join(deposit.Chats.Select(c => c.Entry), deposit.Chats.Sum(c => EntryList.SizeOf(c.Size)));
        _waiting.Enqueue(new Parcel(deposit, entries, now));
    }

    /// <summary>Gives the deposits to send now, up to a size.</summary>
    public IReadOnlyList<MailboxMessage.Store> Take(int bytes, TimeSpan now)
    {
        List<MailboxMessage.Store> taken = [];
        for (var node = _sent.First; _unsent > 0 && node is not null && bytes > 0; node = node.Next)
        {
            if (node.Value.IsSent)
                continue;
            _unsent--;
            bytes -= Send(node.Value, taken);
        }

        while (_unsent == 0 && bytes > 0 && _waiting.TryDequeue(out var next))
        {
            if (next.Deposit is null)
                continue;
            next.Number = ++_last;
            _sent.AddLast(next);
            bytes -= Send(next, taken);
        }

        if (taken.Count > 0)
            _sentAt = now;
        return taken;
    }

    /// <summary>Takes what an owner says of its term. An earlier term, or the same one, changes nothing.</summary>
    /// <param name="term">The owner's term.</param>
    /// <param name="taken">Number of the last deposit of this node that was taken, as numbered for an earlier term.</param>
    /// <param name="answers">Answers to deposits up to that one. Those that are not among them are stored.</param>
    /// <returns>The deposits that are answered by this, each with its answer. Empty, and <see cref="Term"/> is unchanged, if the term is not new.</returns>
    public IReadOnlyList<(Deposit Deposit, MailboxAnswer Answer)> Begin(long term, long taken, IReadOnlyList<MailboxAnswer> answers)
    {
        if (term <= Term)
            return [];
        Term = term;
        List<(Deposit, MailboxAnswer)> answered = [];
        while (_sent.First is { } first && first.Value.Number <= taken)
        {
            _sent.RemoveFirst();
            var number = first.Value.Number;
            if (first.Value.Deposit is { } deposit)
                answered.Add((deposit, answers.FirstOrDefault(a => NumberOf(a) == number) ?? new MailboxAnswer.Stored(number, [])));
        }

        _last = taken;
        _unsent = 0;
        for (var node = _sent.First; node is not null;)
        {
            var (parcel, next) = (node.Value, node.Next);
            if (parcel.Deposit is null)
                _sent.Remove(node);
            else
            {
                parcel.Number = ++_last;
                parcel.IsSent = false;
                _unsent++;
            }

            node = next;
        }

        return answered;
    }

    /// <summary>Takes an answer of the present owner, and gives the deposit that it answers; null if that was answered before or given up.</summary>
    public Deposit? Answer(long number)
    {
        for (var node = _sent.First; node is not null && node.Value.Number <= number; node = node.Next)
        {
            if (node.Value.Number != number)
                continue;
            var deposit = node.Value.Deposit;
            node.Value.Deposit = null;
            node.Value.IsAnswered = true;
            while (_sent.First is { Value.IsAnswered: true })
                _sent.RemoveFirst();
            return deposit;
        }

        return null;
    }

    /// <summary>Marks what was not answered for too long as unsent.</summary>
    public void ResendIfDue(TimeSpan now)
    {
        if (_sent.Count == 0 || now - _sentAt < resendAfter)
            return;
        _unsent = 0;
        foreach (var parcel in _sent)
        {
            // All are sent again, also those that were answered: the owner takes no deposit after a gap.
            parcel.IsSent = false;
            _unsent++;
        }
    }

    /// <summary>Gives the deposits that were added before a time and are not answered. The lane gives them up; it is not known whether they are
    /// stored.</summary>
    public IReadOnlyList<Deposit> GiveUp(TimeSpan before)
    {
        List<Deposit> given = [];
        foreach (var parcel in _sent.Concat(_waiting))
        {
            if (parcel.Deposit is not { } deposit || parcel.Since > before)
                continue;
            given.Add(deposit);
            parcel.Deposit = null;
        }

        return given;
    }

    private static int Send(Parcel parcel, List<MailboxMessage.Store> to)
    {
        parcel.IsSent = true;
        var message = parcel.ToMessage();
        to.Add(message);
        return message.Entries.Length + 64;
    }

    private static long NumberOf(MailboxAnswer answer) => answer switch
    {
        MailboxAnswer.Stored a => a.Number,
        MailboxAnswer.Online a => a.Number,
        MailboxAnswer.Later a => a.Number,
        _ => 0,
    };

    private sealed class Parcel(Deposit deposit, byte[] entries, TimeSpan since)
    {
        private readonly Deposit _whole = deposit;

        /// <summary>The deposit; null if it was answered or given up.</summary>
        public Deposit? Deposit { get; set; } = deposit;

        public TimeSpan Since => since;

        public long Number { get; set; }

        public bool IsSent { get; set; }

        public bool IsAnswered { get; set; }

        /// <summary>A deposit that was given up keeps its place among the numbers, without chats.</summary>
        public MailboxMessage.Store ToMessage() => Deposit is null && !IsAnswered
            ? new MailboxMessage.Store(_whole.Owner.User.Text, Number, 0, null, More: false, ReadOnlyMemory<byte>.Empty)
            : new MailboxMessage.Store(_whole.Owner.User.Text, Number, _whole.Chats.Count, _whole.NotReader, _whole.More, entries);
    }
}
