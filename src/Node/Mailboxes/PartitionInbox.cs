using ChatAkka.Protocol;
using ChatAkka.Protocol.Mailboxes;

namespace ChatAkka.Node.Mailboxes;

/// <summary>The deposits that wait for the next turn of a partition.</summary>
/// <remarks>Pure and not thread-safe. At the bounds a deposit is dropped; its node sends it again.</remarks>
internal sealed class PartitionInbox
{
    /// <summary>A turn takes no further deposit from this many bytes on. A larger one would delay all, and its bytes would be a large object for the garbage
    /// collector.</summary>
    private const int TurnBytes = 48 * 1024;

    private const int MostDeposits = 8192;
    private const int MostBytes = 32 * 1024 * 1024;

    private readonly Queue<(NodeId Origin, long Settled, MailboxMessage.Store Deposit)> _waiting = new();
    private readonly HashSet<OriginDeposits> _taken = [];
    private readonly List<(string User, ReaderId Reader)> _ended = [];
    private int _bytes;

    /// <summary>Adds a deposit.</summary>
    /// <param name="origin">The node that sent it.</param>
    /// <param name="settled">The node has the answers to all its deposits up to this number.</param>
    /// <param name="deposit">The deposit.</param>
    public void Add(NodeId origin, long settled, MailboxMessage.Store deposit)
    {
        if (_waiting.Count >= MostDeposits || _bytes >= MostBytes)
            return;
        _waiting.Enqueue((origin, settled, deposit));
        _bytes += deposit.Entries.Length;
    }

    /// <summary>Decides on the deposits that wait, as many as a turn takes, and notes their answers.</summary>
    public void MoveTo(PartitionTurn turn, PartitionState state, PartitionClients clients, bool storeHasSpace)
    {
        while (turn.Bytes < TurnBytes && _waiting.TryDequeue(out var next))
        {
            var (origin, settled, deposit) = next;
            _bytes -= deposit.Entries.Length;
            var deposits = state.OriginOf(origin, turn.Time, settled);
            if (!deposits.IsNext(deposit.Number))
            {
                // A copy gets its answer again. After a gap nothing is taken: the node sends all again.
                if (deposit.Number <= deposits.Taken && deposits.AnswerTo(deposit.Number) is { } known)
                    clients.Answer(origin, known);
                continue;
            }

            var reader = deposit.EndedReader is { } ended && state.Find(deposit.User)?.Reader?.Id == ended ? ended : null;
            var answer = DepositDecision.Decide(state, turn, origin, deposit, storeHasSpace);
            if (reader is not null && answer is MailboxAnswer.Stored)
                _ended.Add((deposit.User, reader));
            deposits.Take(deposit.Number, answer);
            _taken.Add(deposits);
            turn.Take(origin, deposits, isRefused: answer is MailboxAnswer.Stored { Failures.Count: > 0 });
            clients.AnswerLater(origin, answer);
        }
    }

    /// <summary>Everything that was decided is written.</summary>
    public void Keep()
    {
        foreach (var deposits in _taken)
            deposits.Keep();
        _taken.Clear();
    }

    /// <summary>Gives the readers that a deposit reported as ended. One may exist still; then it requests again.</summary>
    public IReadOnlyList<(string User, ReaderId Reader)> TakeEnded()
    {
        if (_ended.Count == 0)
            return [];
        var ended = _ended.ToArray();
        _ended.Clear();
        return ended;
    }
}
