using ChatAkka.Protocol.Internode;
using ChatAkka.Protocol.Mailboxes;

namespace ChatAkka.Node.Mailboxes;

/// <summary>The deposits that one node sent to a partition: up to which number they are taken, and the answers that the node may not have.</summary>
/// <remarks>Pure and not thread-safe. Deposits are taken one after the other, each once. A copy of a deposit gets the answer again.</remarks>
internal sealed class OriginDeposits
{
    /// <summary>The answers to deposits that are not stored, or not whole.</summary>
    private readonly Queue<(long Number, MailboxAnswer Answer)> _answers = new();

    /// <summary>Number of the last deposit that was taken.</summary>
    public long Taken { get; private set; }

    /// <summary>Number of the last deposit whose answer may be given: everything that it and those before it need is written.</summary>
    public long Kept { get; private set; }

    /// <summary>When the last deposit was taken, in milliseconds since 1970, UTC.</summary>
    public long LastUsed { get; set; }

    /// <summary>What the log says of the deposits: those of which some chats were refused, and, without failures, those that were not taken into the mailbox
    /// at all. All others are stored.</summary>
    public IReadOnlyList<(long Number, IReadOnlyList<LinkFailure> Failures)> Refused => _answers.Count == 0
        ? [] : [.. _answers.Select(a => (a.Number, (a.Answer as MailboxAnswer.Stored)?.Failures ?? []))];

    /// <summary>All answers that may be given and that the node may not have, except those that say that the whole deposit is stored.</summary>
    public IEnumerable<MailboxAnswer> Answers => _answers.Where(a => a.Number <= Kept).Select(a => a.Answer);

    /// <summary>True if a deposit is the next one.</summary>
    public bool IsNext(long number) => number == Taken + 1;

    /// <summary>Gives the answer to a copy of a deposit that was taken before; null if it may not be given yet.</summary>
    public MailboxAnswer? AnswerTo(long number)
    {
        if (number > Kept)
            return null;
        foreach (var (known, answer) in _answers)
        {
            if (known == number)
                return answer;
        }

        return new MailboxAnswer.Stored(number, []);
    }

    /// <summary>Everything that was taken so far is written.</summary>
    public void Keep() => Kept = Taken;

    /// <summary>Takes the next deposit with its answer.</summary>
    public void Take(long number, MailboxAnswer answer)
    {
        Taken = number;
        if (answer is not MailboxAnswer.Stored { Failures.Count: 0 })
            _answers.Enqueue((number, answer));
    }

    /// <summary>Takes what the log says: all deposits up to a number are taken.</summary>
    public void Restore(long taken, IEnumerable<(long Number, IReadOnlyList<LinkFailure> Failures)> refused, long time)
    {
        // A turn of this owner comes here as well, after its deposits were taken.
        LastUsed = time;
        if (taken <= Taken)
            return;
        Taken = Kept = taken;
        _answers.Clear();
        foreach (var (number, failures) in refused)
            _answers.Enqueue((number, failures.Count == 0 ? new MailboxAnswer.Later(number) : new MailboxAnswer.Stored(number, failures)));
    }

    /// <summary>Forgets the answers that the node has.</summary>
    public void Settle(long settled)
    {
        while (_answers.TryPeek(out var first) && first.Number <= settled)
            _answers.Dequeue();
    }
}
