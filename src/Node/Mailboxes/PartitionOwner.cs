using ChatAkka.Protocol;
using ChatAkka.Protocol.Mailboxes;

namespace ChatAkka.Node.Mailboxes;

/// <summary>The owner of one partition without its actor: it is told what came and what was written, and says what to write and what to answer.</summary>
/// <remarks>
/// Pure and not thread-safe.
/// <code>
/// closed --opening turn is written--> open:  resting --BeginTurn--> writing --Written--> resting
/// </code>
/// A turn takes what came since the last one, for all users, up to 48 KiB. Everything that depends on the turn is answered when it is written. Deposits are
/// taken only if they are numbered for the term of this owner.
/// </remarks>
/// <param name="partition">Number of the partition.</param>
/// <param name="state">The index, as it was recovered.</param>
/// <param name="cache">The bytes of events.</param>
/// <param name="send">Sends answers to a node.</param>
internal sealed class PartitionOwner(int partition, PartitionState state, EventCache cache, Action<NodeId, PartitionAnswer> send)
{
    private readonly PartitionInbox _inbox = new();
    private readonly List<(NodeId Node, MailboxAnswer.Left Answer)> _leaves = [];
    private readonly List<(NodeId Node, MailboxAnswer.Left Answer)> _leavesInTurn = [];
    private readonly HashSet<string> _wanted = new(StringComparer.Ordinal);
    private PartitionTurn? _turn;
    private long _last;
    private bool _forcesTurn;

    /// <summary>The index.</summary>
    public PartitionState State => state;

    /// <summary>What readers requested and processed.</summary>
    public MailboxReads Reads { get; } = new(state);

    /// <summary>The answers to nodes.</summary>
    public PartitionClients Clients { get; } = new(partition, send);

    /// <summary>Number of the last message that is written.</summary>
    public long Kept { get; private set; }

    /// <summary>Sequence number of the last event that is written.</summary>
    public long KeptEvent => IsWriting ? _last - 1 : _last;

    /// <summary>True when this owner may answer and hand out: its opening turn is written, and no mailbox of the former form is left.</summary>
    public bool IsOpen { get; private set; }

    /// <summary>True while a turn is being written.</summary>
    public bool IsWriting => _turn is not null;

    /// <summary>Takes what a node sent.</summary>
    public void Receive(PartitionBatch batch)
    {
        if (!IsOpen)
            return;
        if (state.Origins.TryGetValue(batch.Origin, out var deposits) && batch.Term == state.Term)
            deposits.Settle(batch.Settled);
        if (batch.Term != state.Term)
            TellTerm(batch.Origin);
        foreach (var message in batch.Messages)
        {
            switch (message)
            {
                case MailboxMessage.Store store when batch.Term == state.Term:
                    _inbox.Add(batch.Origin, batch.Settled, store);
                    break;
                case MailboxMessage.Pull pull:
                    if (Reads.Take(pull))
                        _wanted.Add(pull.User);
                    break;
                case MailboxMessage.Leave leave:
                    Leave(leave);
                    break;
            }
        }
    }

    /// <summary>The next turn begins also if only readers reported something.</summary>
    public void ForceTurn() => _forcesTurn = true;

    /// <summary>Begins a turn, if there is something to write and no turn is being written.</summary>
    /// <param name="now">The time, in milliseconds since 1970, UTC.</param>
    /// <param name="storeHasSpace">False if the store is so full that nothing more may be stored.</param>
    /// <param name="more">Adds what else has to be written.</param>
    /// <returns>The event to write; null if there is none.</returns>
    public byte[]? BeginTurn(long now, bool storeHasSpace, Action<PartitionTurn>? more = null)
    {
        if (IsWriting || !IsOpen)
            return null;
        var turn = new PartitionTurn(now, state.Last);
        _inbox.MoveTo(turn, state, Clients, storeHasSpace);
        more?.Invoke(turn);
        if (!turn.IsEmpty || _forcesTurn)
        {
            // What readers processed is written with what is stored, or after a short while.
            Reads.MoveReports(turn);
            _leavesInTurn.AddRange(_leaves);
            _leaves.Clear();
            _forcesTurn = false;
        }

        if (!turn.IsEmpty)
            return Begin(turn);

        // Nothing has to be written before the answers.
        _inbox.Keep();
        Clients.Release();
        AnswerLeaves();
        return null;
    }

    /// <summary>Begins a turn with a certain content: the opening turn, or mailboxes of the former form.</summary>
    public byte[] Begin(PartitionTurn turn)
    {
        _turn = turn;
        var bytes = turn.Encode();
        var number = ++_last;
        state.Apply(number, bytes, turn);
        cache.Add(number, bytes);
        return bytes;
    }

    /// <summary>Says which event was recovered last. The next turn gets the number after it.</summary>
    public void Recovered(long sequenceNr)
    {
        _last = sequenceNr;
        foreach (var deposits in state.Origins.Values)
            deposits.Keep();
    }

    /// <summary>The turn is written.</summary>
    /// <returns>The turn.</returns>
    public PartitionTurn Written()
    {
        var turn = _turn!;
        _turn = null;
        Kept = state.Last;
        _inbox.Keep();
        Clients.Release();
        AnswerLeaves();
        _wanted.UnionWith(turn.StoredFor);
        return turn;
    }

    /// <summary>From now on this owner answers and hands out.</summary>
    public void Open()
    {
        IsOpen = true;
        foreach (var node in Clients.All)
            TellTerm(node);
    }

    /// <summary>Gives the users whose readers may get something now.</summary>
    public IReadOnlyList<string> TakeWanted()
    {
        if (_wanted.Count == 0)
            return [];
        string[] wanted = [.. _wanted];
        _wanted.Clear();
        return wanted;
    }

    /// <summary>Gives the readers that were reported as ended. One may exist still; then it requests again.</summary>
    public IReadOnlyList<(string User, ReaderId Reader)> TakeEnded() => _inbox.TakeEnded();

    private void Leave(MailboxMessage.Leave leave)
    {
        var answer = new MailboxAnswer.Left(leave.Reader.Connection, leave.Done);
        if (Reads.Take(leave) && !IsWriting)
        {
            Clients.Answer(leave.Reader.Node, answer);
            return;
        }

        // What an earlier request reported may be in the turn that is being written.
        _leaves.Add((leave.Reader.Node, answer));
        _forcesTurn = true;
    }

    /// <summary>Answers sessions that ended, when what they reported is written. Those that came while the turn was written wait for the next one.</summary>
    private void AnswerLeaves()
    {
        foreach (var (node, answer) in _leavesInTurn)
            Clients.Answer(node, answer);
        _leavesInTurn.Clear();
    }

    private void TellTerm(NodeId node)
    {
        var deposits = state.Origins.GetValueOrDefault(node);
        send(node, new PartitionAnswer(partition, state.Term, deposits?.Kept ?? 0, [.. deposits?.Answers ?? []]));
    }
}
