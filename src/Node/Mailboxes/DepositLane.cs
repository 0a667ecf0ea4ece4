using ChatAkka.Node.Connections;
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

    /// <summary>From this many answered deposits on, the list is moved to the front.</summary>
    private const int MostAnswered = 64;

    private readonly Queue<Parcel> _waiting = new();

    /// <summary>The deposits that have numbers, lowest first, from position <see cref="_first"/> on. Their numbers follow each other.</summary>
    private readonly List<Parcel> _numbered = [];
    private int _first;

    /// <summary>Number of the deposit that is sent next, perhaps again. All numbers below it were sent.</summary>
    private long _next = 1;

    /// <summary>Since when no deposit was answered although one is under way, and whether one was answered since the last check.</summary>
    private TimeSpan _waitsSince;
    private bool _wasAnswered;
    private int _resent;

    /// <summary>The term of the owner; 0 if it is not known.</summary>
    public long Term { get; private set; }

    /// <summary>All deposits up to this number are answered.</summary>
    public long Settled { get; private set; }

    /// <summary>True if no deposit waits or is under way.</summary>
    public bool IsEmpty => _waiting.All(p => p.Deposit is null) && Numbered.All(p => p.Deposit is null);

    /// <summary>True if a deposit was sent and is not answered.</summary>
    public bool HasSent => _next > Settled + 1;

    /// <summary>True if there are deposits to send now.</summary>
    public bool HasUnsent => Term != 0 && (_next <= Last || (_waiting.Count > 0 && Count < MostSent));

    /// <summary>Number of the last deposit that has a number.</summary>
    public long Last => Settled + Count;

    private int Count => _numbered.Count - _first;

    private IEnumerable<Parcel> Numbered => _numbered.Skip(_first);

    /// <summary>Adds a deposit.</summary>
    /// <param name="deposit">The chats.</param>
    /// <param name="now">The time since the start of the node.</param>
    public void Add(Deposit deposit, TimeSpan now) => _waiting.Enqueue(new Parcel(deposit, EntriesOf(deposit.Chats), now));

    /// <summary>Gives the deposits to send now, up to a size. A single larger one comes alone.</summary>
    public IReadOnlyList<MailboxMessage.Store> Take(int bytes, TimeSpan now)
    {
        if (!HasSent)
            _waitsSince = now;
        List<MailboxMessage.Store> taken = [];
        while (Peek() is { } next && (taken.Count == 0 || next.Size <= bytes))
        {
            bytes -= next.Size;
            taken.Add(Take(next).ToMessage());
        }

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
        List<Parcel> open = [];
        foreach (var parcel in Numbered)
        {
            if (parcel.Deposit is not { } deposit)
                continue;
            if (parcel.Number <= taken)
                answered.Add((deposit, answers.FirstOrDefault(a => NumberOf(a) == parcel.Number) ?? new MailboxAnswer.Stored(parcel.Number, [])));
            else
                open.Add(parcel);
        }

        _numbered.Clear();
        (_first, Settled, _next, _resent) = (0, taken, taken + 1, 0);
        foreach (var parcel in open)
            Append(parcel);
        return answered;
    }

    /// <summary>Takes an answer of the present owner, and gives the deposit that it answers; null if that was answered before or given up.</summary>
    public Deposit? Answer(long number)
    {
        if (number <= Settled || number > Last)
            return null;
        var parcel = _numbered[_first + (int)(number - Settled) - 1];
        var deposit = parcel.Deposit;
        (parcel.Deposit, parcel.IsAnswered) = (null, true);
        while (Count > 0 && _numbered[_first].IsAnswered)
        {
            _numbered[_first++] = null!;
            Settled++;
            (_wasAnswered, _resent) = (true, 0);
        }

        _next = Math.Max(_next, Settled + 1);
        if (Count == 0 || (_first >= MostAnswered && _first * 2 >= _numbered.Count))
        {
            _numbered.RemoveRange(0, _first);
            _first = 0;
        }

        return deposit;
    }

    /// <summary>Sends everything again that is under way, if the first of it was not answered for too long, also if others were sent meanwhile. All are sent,
    /// also those that were answered: the owner takes no deposit after a gap.</summary>
    /// <returns>True if they are sent again now.</returns>
    public bool ResendIfDue(TimeSpan now)
    {
        if (_wasAnswered)
            (_wasAnswered, _waitsSince) = (false, now);
        if (!HasSent || now - _waitsSince < resendAfter * (1 << _resent))
            return false;
        SendAllAgain();
        _resent = Math.Min(_resent + 1, MostDoublings);
        return true;
    }

    /// <summary>Sends everything again that is under way: the owner that it was sent to has ended.</summary>
    public void SendAllAgain() => _next = Settled + 1;

    /// <summary>Gives the deposits that were added before a time and are not answered. The lane gives them up; it is not known whether they are
    /// stored.</summary>
    public IReadOnlyList<Deposit> GiveUp(TimeSpan before)
    {
        List<Deposit> given = [];
        foreach (var parcel in Numbered.Concat(_waiting))
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
    private Parcel? Peek() => _next <= Last ? _numbered[_first + (int)(_next - Settled) - 1]
        : Count < MostSent && _waiting.TryPeek(out var next) ? next : null;

    private Parcel Take(Parcel next)
    {
        if (_next > Last)
            Append(_waiting.Dequeue());
        _next++;
        return next;
    }

    private void Append(Parcel parcel)
    {
        parcel.Number = Last + 1;
        _numbered.Add(parcel);
    }

    private static byte[] EntriesOf(IReadOnlyList<PendingChat> chats)
    {
        var bytes = 0;
        for (var i = 0; i < chats.Count; i++)
            bytes += EntryList.SizeOf(chats[i].Size);
        var entries = new byte[bytes];
        var at = 0;
        for (var i = 0; i < chats.Count; i++)
            at += EntryList.Write(entries.AsSpan(at), chats[i].Entry);
        return entries;
    }

    private static long NumberOf(MailboxAnswer answer) => answer switch
    {
        MailboxAnswer.Stored a => a.Number,
        MailboxAnswer.Online a => a.Number,
        MailboxAnswer.Later a => a.Number,
        _ => 0,
    };

    private sealed class Parcel(Deposit deposit, ReadOnlyMemory<byte> entries, TimeSpan since)
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
