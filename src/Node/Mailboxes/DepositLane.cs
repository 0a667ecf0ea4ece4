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
    /// <summary>At most this many deposits are under way. The others wait.</summary>
    private const int MostSent = 256;

    /// <summary>The pause before deposits are sent again doubles so often, if no answer comes between.</summary>
    private const int MostDoublings = 3;

    private readonly Queue<Parcel> _waiting = new();

    /// <summary>The deposits that have numbers, lowest first. From <see cref="_unsent"/> on they are to be sent, perhaps again.</summary>
    private readonly LinkedList<Parcel> _numbered = new();
    private LinkedListNode<Parcel>? _unsent;
    private long _last;
    private TimeSpan _sentAt;
    private int _resent;

    /// <summary>The term of the owner; 0 if it is not known.</summary>
    public long Term { get; private set; }

    /// <summary>All deposits up to this number are answered.</summary>
    public long Settled => _numbered.First is { } first ? first.Value.Number - 1 : _last;

    /// <summary>True if no deposit waits or is under way.</summary>
    public bool IsEmpty => _waiting.All(p => p.Deposit is null) && _numbered.All(p => p.Deposit is null);

    /// <summary>True if a deposit was sent and is not answered.</summary>
    public bool HasSent => _numbered.First is { } first && first != _unsent;

    /// <summary>True if there are deposits to send now.</summary>
    public bool HasUnsent => Term != 0 && (_unsent is not null || (_waiting.Count > 0 && _numbered.Count < MostSent));

    /// <summary>Adds a deposit.</summary>
    /// <param name="deposit">The chats.</param>
    /// <param name="now">The time since the start of the node.</param>
    public void Add(Deposit deposit, TimeSpan now)
    {
        var entries = EntryList.Join(deposit.Chats.Select(c => c.Entry), deposit.Chats.Sum(c => EntryList.SizeOf(c.Size)));
        _waiting.Enqueue(new Parcel(deposit, entries, now));
    }

    /// <summary>Gives the deposits to send now, up to a size. A single larger one comes alone.</summary>
    public IReadOnlyList<MailboxMessage.Store> Take(int bytes, TimeSpan now)
    {
        List<MailboxMessage.Store> taken = [];
        while (Peek() is { } next && (taken.Count == 0 || next.Size <= bytes))
        {
            bytes -= next.Size;
            taken.Add(Take(next).ToMessage());
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
        while (_numbered.First is { } first && first.Value.Number <= taken)
        {
            _numbered.RemoveFirst();
            var number = first.Value.Number;
            if (first.Value.Deposit is { } deposit)
                answered.Add((deposit, answers.FirstOrDefault(a => NumberOf(a) == number) ?? new MailboxAnswer.Stored(number, [])));
        }

        _last = taken;
        var open = _numbered.Where(p => p.Deposit is not null).ToList();
        _numbered.Clear();
        foreach (var parcel in open)
        {
            parcel.Number = ++_last;
            _numbered.AddLast(parcel);
        }

        (_unsent, _resent) = (_numbered.First, 0);
        return answered;
    }

    /// <summary>Takes an answer of the present owner, and gives the deposit that it answers; null if that was answered before or given up.</summary>
    public Deposit? Answer(long number)
    {
        for (var node = _numbered.First; node is not null && node.Value.Number <= number; node = node.Next)
        {
            if (node.Value.Number != number)
                continue;
            _resent = 0;
            var deposit = node.Value.Deposit;
            node.Value.Deposit = null;
            node.Value.IsAnswered = true;
            while (_numbered.First is { Value.IsAnswered: true } first)
            {
                if (_unsent == first)
                    _unsent = first.Next;
                _numbered.RemoveFirst();
            }

            return deposit;
        }

        return null;
    }

    /// <summary>Sends everything again that is under way, if no answer came for too long. All are sent, also those that were answered: the owner takes no
    /// deposit after a gap.</summary>
    /// <returns>True if they are sent again now.</returns>
    public bool ResendIfDue(TimeSpan now)
    {
        if (_numbered.Count == 0 || _unsent is not null || now - _sentAt < resendAfter * (1 << _resent))
            return false;
        SendAllAgain();
        _resent = Math.Min(_resent + 1, MostDoublings);
        return true;
    }

    /// <summary>Sends everything again that is under way: the owner that it was sent to has ended.</summary>
    public void SendAllAgain() => _unsent = _numbered.First;

    /// <summary>Gives the deposits that were added before a time and are not answered. The lane gives them up; it is not known whether they are
    /// stored.</summary>
    public IReadOnlyList<Deposit> GiveUp(TimeSpan before)
    {
        List<Deposit> given = [];
        foreach (var parcel in _numbered.Concat(_waiting))
        {
            if (parcel.Deposit is not { } deposit || parcel.Since > before)
                continue;
            given.Add(deposit);
            parcel.Deposit = null;
        }

        // Those that wait have no number yet, so nothing has to keep their place. They are in the order in which they came.
        while (_waiting.TryPeek(out var first) && first.Deposit is null)
            _waiting.Dequeue();
        return given;
    }

    /// <summary>The deposit to send next; null if there is none now.</summary>
    private Parcel? Peek() => _unsent is { } again ? again.Value : _numbered.Count < MostSent && _waiting.TryPeek(out var next) ? next : null;

    private Parcel Take(Parcel next)
    {
        if (_unsent is { } again)
            _unsent = again.Next;
        else
        {
            _waiting.Dequeue();
            next.Number = ++_last;
            _numbered.AddLast(next);
        }

        return next;
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

        /// <summary>About as many bytes as the deposit takes in a batch.</summary>
        public int Size => entries.Length + 64;

        public long Number { get; set; }

        public bool IsAnswered { get; set; }

        /// <summary>A deposit that was given up keeps its place among the numbers, without chats.</summary>
        public MailboxMessage.Store ToMessage() => Deposit is null && !IsAnswered
            ? new MailboxMessage.Store(_whole.Owner.User.Text, Number, 0, null, More: false, ReadOnlyMemory<byte>.Empty)
            : new MailboxMessage.Store(_whole.Owner.User.Text, Number, _whole.Chats.Count, _whole.NotReader, _whole.More, entries);
    }
}
