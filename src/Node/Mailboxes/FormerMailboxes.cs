using Akka.Actor;

namespace ChatAkka.Node.Mailboxes;

/// <summary>Gives an owner the mailboxes of the former form of its partition, one after the other. One that was written to the log is deleted.</summary>
internal sealed class FormerMailboxes(IPartitionLog log, int partition)
{
    private readonly IAsyncEnumerator<FormerMailbox> _mailboxes = log.FindFormerAsync(partition).GetAsyncEnumerator();
    private FormerMailbox? _given;
    private Task _search = Task.CompletedTask;

    /// <summary>Deletes the mailbox that was given last, and gives the next one to an actor as <see cref="Found"/>.</summary>
    public void Next(IActorRef to)
    {
        var search = NextAsync();
        _search = search;
        search.PipeTo(to, failure: e => new Found(null, e));
    }

    /// <summary>Ends the search, after the step that is under way. The search may hold a scan of Redis open.</summary>
    public async Task StopAsync()
    {
        try
        {
            await _search.ConfigureAwait(false);
        }
        catch (Exception)
        {
            // The owner was told with Found.
        }

        await _mailboxes.DisposeAsync().ConfigureAwait(false);
    }

    private async Task<Found> NextAsync()
    {
        if (_given is { } written)
            await log.ForgetFormerAsync(written).ConfigureAwait(false);
        _given = await _mailboxes.MoveNextAsync().ConfigureAwait(false) ? _mailboxes.Current : null;
        return new Found(_given, null);
    }

    /// <summary>The next mailbox.</summary>
    /// <param name="Mailbox">The mailbox; null if there are no more.</param>
    /// <param name="Failure">Why it could not be read.</param>
    public sealed record Found(FormerMailbox? Mailbox, Exception? Failure);
}
