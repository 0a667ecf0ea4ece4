using Akka.Actor;
using ChatAkka.Protocol;
using ChatAkka.Protocol.Mailboxes;
using ChatAkka.Protocol.Operators;

namespace ChatAkka.Node.Operators;

/// <summary>Reports how much mailboxes hold.</summary>
/// <param name="mailboxes">Forwards requests to mailboxes; null if this node has no mailboxes.</param>
/// <param name="timings">How long a mailbox may take to answer.</param>
internal sealed class MailboxDepths(IActorRef? mailboxes, OperatorTimings timings)
{
    /// <summary>Asks the mailbox of a user how much it holds.</summary>
    /// <exception cref="AskTimeoutException">The mailbox did not answer in time.</exception>
    public async Task<DepthReport> FindAsync(UserName user)
    {
        if (mailboxes is null)
            return new DepthReport(false, 0, 0, 0, "");
        var depth = await mailboxes.Ask<MailboxDepth>(new MailboxQuestion(user.Text), timings.AnswerLimit).ConfigureAwait(false);
        return new DepthReport(true, depth.Waiting, depth.Bytes, depth.Last, depth.Reader is { } r ? $"{r.Node.Address} connection {r.Connection}" : "");
    }
}
