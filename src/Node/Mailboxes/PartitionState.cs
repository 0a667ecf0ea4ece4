using ChatAkka.Protocol;
using ChatAkka.Protocol.Internode;

namespace ChatAkka.Node.Mailboxes;

/// <summary>The index of one partition: which messages wait for which user and where their bytes are, which deposits were taken, and which ids are
/// remembered.</summary>
/// <remarks>Pure and not thread-safe. <see cref="DepositDecision"/> decides and fills a <see cref="PartitionTurn"/>. <see cref="Apply"/> applies a turn that
/// was written or replayed; only it changes what waits.</remarks>
/// <param name="settings">The bounds.</param>
internal sealed class PartitionState(MailboxSettings settings)
{
    private readonly Dictionary<string, UserMailbox> _users = new(StringComparer.Ordinal);
    private readonly Dictionary<NodeId, OriginDeposits> _origins = [];

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
    public RememberedIds Ids { get; } = new(settings.DedupeIds, settings.DedupeAge);

    /// <summary>The bounds.</summary>
    public MailboxSettings Settings => settings;

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

    /// <summary>Forgets a mailbox of which there is nothing to remember.</summary>
    public void Forget(string user)
    {
        if (_users.TryGetValue(user, out var mailbox) && mailbox.IsForgettable)
            _users.Remove(user);
    }

    /// <summary>The deposits of a node. At the bound, the node is forgotten that deposited nothing for the longest time.</summary>
    public OriginDeposits OriginOf(NodeId node, long now)
    {
        if (_origins.TryGetValue(node, out var deposits))
            return deposits;
        if (_origins.Count >= settings.MaxOrigins)
            _origins.Remove(_origins.MinBy(o => o.Value.LastUsed).Key);
        return _origins[node] = new OriginDeposits { LastUsed = now };
    }

    /// <summary>The terms of owners grow with time, so that messages that are stored after the store lost its last writes get numbers that no lost message
    /// had.</summary>
    public long NextTerm(long now) => Math.Max(Last + 1, now);

    /// <summary>Applies a turn.</summary>
    /// <param name="sequenceNr">Its sequence number in the log.</param>
    /// <param name="bytes">The turn.</param>
    /// <exception cref="FormatException">The bytes are no turn. The parts before the damage were applied.</exception>
    public void Apply(long sequenceNr, byte[] bytes)
    {
        var applier = new Applier(this, sequenceNr, bytes);
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

    private sealed class Applier(PartitionState state, long sequenceNr, byte[] bytes) : IPartitionTurnVisitor
    {
        private long _time;

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

        public void OnStored(string user, long number, int offset, int length)
        {
            if (number <= (state.Find(user)?.Last ?? 0))
                throw new FormatException($"message {number} comes after {state.Find(user)?.Last}");
            state.Last = Math.Max(state.Last, number);
            Add(user, number, offset, length);
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
            if (state.Find(user)?.Move(PlaceOf(number, offset, length)) is not { } before)
                return;
            state.Events.Add(sequenceNr, bytes.Length, length);
            HoldsMessages = true;
            if (state.Events.Remove(before.Event, before.Length))
                state.Emptied.Add(before.Event);
        }

        public void OnImported(string user, long number, int offset, int length)
        {
            if (number > (state.Find(user)?.Last ?? 0))
                Add(user, number, offset, length);
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

        private void Add(string user, long number, int offset, int length)
        {
            var chat = LinkEntry.ReadChat(bytes.AsSpan(offset, length));
            state.Add(state.Get(user), PlaceOf(number, offset, length), bytes.Length);
            HoldsMessages = true;
            if (!chat.Id.IsEmpty)
                state.Ids.Add(RememberedIds.GroupOf(chat.Sender), RememberedIds.KeyOf(chat.Sender, chat.Recipient, chat.Id), _time);
        }

        private MessagePlace PlaceOf(long number, int offset, int length)
        {
            var chat = LinkEntry.ReadChat(bytes.AsSpan(offset, length));
            return new MessagePlace(
                number, sequenceNr, offset, length, (uint)Math.Clamp(chat.Time / 1000, 0, uint.MaxValue), DepositDecision.HashOf(chat.Sender));
        }
    }
}
