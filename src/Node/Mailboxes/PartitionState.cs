using System.Text;
using ChatAkka.Protocol;
using ChatAkka.Protocol.Internode;

namespace ChatAkka.Node.Mailboxes;

/// <summary>The index of one partition: which messages wait for which user and where their bytes are, which deposits were taken, and which ids are
/// remembered.</summary>
/// <remarks>Pure and not thread-safe. <see cref="DepositDecision"/> decides and fills a <see cref="PartitionTurn"/>. <see cref="Apply"/> applies a turn that
/// was written or replayed; only it changes what waits.</remarks>
internal sealed class PartitionState
{
    private const int MostNameBytes = 256;

    private readonly Dictionary<string, UserMailbox> _users;
    private readonly Dictionary<string, UserMailbox>.AlternateLookup<ReadOnlySpan<char>> _usersBySpan;
    private readonly Dictionary<NodeId, OriginDeposits> _origins = [];
    private readonly MailboxSettings _settings;

    /// <summary>Makes an empty index.</summary>
    /// <param name="settings">The bounds.</param>
    public PartitionState(MailboxSettings settings)
    {
        _settings = settings;
        _users = new(StringComparer.Ordinal);
        _usersBySpan = _users.GetAlternateLookup<ReadOnlySpan<char>>();
        Ids = new RememberedIds(settings.DedupeIds, settings.DedupeAge);
    }

    /// <summary>Number of the last message that was ever stored in the partition.</summary>
    public long Last { get; private set; }

    /// <summary>The term of the owner that opened the log last; 0 if none did.</summary>
    public long Term { get; private set; }

    /// <summary>True if there are no mailboxes of the former form left for this partition.</summary>
    public bool IsImported { get; private set; }

    /// <summary>How many messages wait in the partition.</summary>
    public int Waiting { get; private set; }

    /// <summary>Events of which no message waits any more.</summary>
    public List<long> Emptied { get; } = [];

    /// <summary>The events that hold messages that wait.</summary>
    public EventTable Events { get; } = new();

    /// <summary>The ids that are remembered.</summary>
    public RememberedIds Ids { get; }

    /// <summary>The bounds.</summary>
    public MailboxSettings Settings => _settings;

    /// <summary>All mailboxes of which something is known.</summary>
    public IReadOnlyDictionary<string, UserMailbox> Users => _users;

    /// <summary>The deposits of all nodes.</summary>
    public IReadOnlyDictionary<NodeId, OriginDeposits> Origins => _origins;

    /// <summary>A user's mailbox; null if nothing is known of it.</summary>
    public UserMailbox? Find(string user) => _users.GetValueOrDefault(user);

    /// <summary>A user's mailbox. It is made if nothing is known of it.</summary>
    public UserMailbox Get(string user)
    {
        if (!_users.TryGetValue(user, out var mailbox))
            _users[user] = mailbox = new UserMailbox();
        return mailbox;
    }

    /// <summary>The mailbox of a user whose name is given in UTF-8. It is made if nothing is known of it.</summary>
    public UserMailbox Get(ReadOnlySpan<byte> user)
    {
        Span<char> name = user.Length <= MostNameBytes ? stackalloc char[user.Length] : new char[user.Length];
        name = name[..Encoding.UTF8.GetChars(user, name)];
        return _usersBySpan.TryGetValue(name, out var mailbox) ? mailbox : Get(name.ToString());
    }

    /// <summary>Forgets a mailbox of which there is nothing to remember.</summary>
    public void Forget(string user)
    {
        if (_users.TryGetValue(user, out var mailbox) && mailbox.IsForgettable)
            _users.Remove(user);
    }

    /// <summary>The deposits of a node. At the bound, the node is forgotten that deposited nothing for the longest time.</summary>
    /// <param name="node">The node.</param>
    /// <param name="now">The time, in milliseconds since 1970, UTC.</param>
    /// <param name="settled">If nothing is known of the node: all its deposits up to this number were taken. It may have been forgotten since.</param>
    public OriginDeposits OriginOf(NodeId node, long now, long settled = 0)
    {
        if (_origins.TryGetValue(node, out var deposits))
            return deposits;
        if (_origins.Count >= _settings.MaxOrigins)
            _origins.Remove(_origins.MinBy(o => o.Value.LastUsed).Key);
        deposits = _origins[node] = new OriginDeposits();
        deposits.Restore(settled, [], now);
        return deposits;
    }

    /// <summary>The terms of owners grow with time, so that messages that are stored after the store lost its last writes get numbers that no lost message
    /// had.</summary>
    public long NextTerm(long now) => Math.Max(Last + 1, now);

    /// <summary>Applies a turn.</summary>
    /// <param name="sequenceNr">Its sequence number in the log.</param>
    /// <param name="bytes">The turn.</param>
    /// <param name="turn">The turn as it was encoded, if this owner made it: its facts need not be taken from the bytes.</param>
    /// <exception cref="FormatException">The bytes are no turn. The parts before the damage were applied.</exception>
    public void Apply(long sequenceNr, byte[] bytes, PartitionTurn? turn = null)
    {
        var applier = new Applier(this, sequenceNr, bytes, turn);
        PartitionTurn.Read(bytes, applier);
        if (!applier.HoldsMessages)
            Emptied.Add(sequenceNr);
    }

    /// <summary>Puts the content of a snapshot into an empty state.</summary>
    internal void Restore(long last, long term, bool isImported) => (Last, Term, IsImported) = (last, term, isImported);

    /// <summary>Puts a message of a snapshot into the index.</summary>
    internal void RestoreMessage(UserMailbox mailbox, in MessagePlace message, int eventBytes) => Add(mailbox, message, eventBytes);

    private void Add(UserMailbox mailbox, in MessagePlace message, int eventBytes)
    {
        mailbox.Add(message);
        Events.Add(message.Event, eventBytes, message.Length);
        Waiting++;
    }

    private void Removed(in MessagePlace message)
    {
        if (Events.Remove(message.Event, message.Length))
            Emptied.Add(message.Event);
        Waiting--;
    }

    private sealed class Applier(PartitionState state, long sequenceNr, byte[] bytes, PartitionTurn? turn) : IPartitionTurnVisitor
    {
        private UserMailbox _mailbox = null!;
        private long _time;
        private int _stored;

        public bool HoldsMessages { get; private set; }

        public void OnTurn(long time, long last, bool isOpening, bool finishesImport)
        {
            _time = time;
            state.Last = Math.Max(state.Last, last);
            if (isOpening)
                state.Term = last;
            state.IsImported |= finishesImport;
        }

        public void OnOrigin(NodeId node, long taken, IReadOnlyList<(long Number, IReadOnlyList<LinkFailure> Failures)> refused) =>
            state.OriginOf(node, _time).Restore(taken, refused, _time);

        public void OnStoredFor(ReadOnlySpan<byte> user) => _mailbox = state.Get(user);

        public void OnStored(long number, int offset, int length)
        {
            if (number <= _mailbox.Last)
                throw new FormatException($"message {number} comes after {_mailbox.Last}");
            state.Last = Math.Max(state.Last, number);
            Add(_mailbox, number, offset, length, turn?.FactsOf(_stored++) ?? FactsOf(offset, length));
        }

        public void OnDone(string user, long upTo)
        {
            if (state.Find(user) is not { } mailbox)
                return;
            while (mailbox.TryRemoveFirst(upTo, out var message))
                state.Removed(message);
            state.Forget(user);
        }

        public void OnMoved(string user, long number, int offset, int length)
        {
            if (state.Find(user)?.Move(PlaceOf(number, offset, length, FactsOf(offset, length))) is not { } before)
                return;
            state.Events.Add(sequenceNr, bytes.Length, length);
            HoldsMessages = true;
            if (state.Events.Remove(before.Event, before.Length))
                state.Emptied.Add(before.Event);
        }

        public void OnImported(string user, long number, int offset, int length)
        {
            if (number > (state.Find(user)?.Last ?? 0))
                Add(state.Get(user), number, offset, length, FactsOf(offset, length));
        }

        public void OnLost(long lost)
        {
            foreach (var (user, mailbox) in state._users.ToList())
            {
                foreach (var message in mailbox.RemoveAll(lost))
                    state.Removed(message);
                state.Forget(user);
            }
        }

        public void OnFormerId(FormerId id) => state.Ids.Add(id.Group % RememberedIds.AllGroups, id.Key, id.Time);

        private void Add(UserMailbox mailbox, long number, int offset, int length, in ChatFacts facts)
        {
            state.Add(mailbox, PlaceOf(number, offset, length, facts), bytes.Length);
            HoldsMessages = true;
            if (facts.HasId)
                state.Ids.Add(RememberedIds.GroupOf(facts.Sender), facts.Id, _time);
        }

        private ChatFacts FactsOf(int offset, int length) => ChatFacts.OfEntry(bytes.AsSpan(offset, length));

        private MessagePlace PlaceOf(long number, int offset, int length, in ChatFacts facts) =>
            new(number, sequenceNr, offset, length, facts.Time, facts.Sender);
    }
}
