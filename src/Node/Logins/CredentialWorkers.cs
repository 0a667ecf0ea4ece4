using System.Threading.Channels;
using ChatAkka.Protocol;

namespace ChatAkka.Node.Logins;

/// <summary>Checks what clients give to prove who they are, beside the hot path: a bounded number of workers, and a bounded queue before them.</summary>
/// <remarks>A storm of logins makes logins slower, and beyond the queue they are refused with <see cref="ErrorCode.Busy"/>. It takes at most the processor time of the
/// workers, so chats are not affected. Any thread may call it.</remarks>
internal sealed class CredentialWorkers : IAsyncDisposable
{
    private readonly Channel<Job> _queue;
    private readonly Task[] _workers;

    /// <summary>Starts the workers.</summary>
    /// <param name="workers">How many checks run at the same time.</param>
    /// <param name="queueLength">How many checks may wait.</param>
    public CredentialWorkers(int workers, int queueLength)
    {
        _queue = Channel.CreateBounded<Job>(new BoundedChannelOptions(queueLength) { FullMode = BoundedChannelFullMode.Wait });
        _workers = [.. Enumerable.Range(0, workers).Select(_ => Task.Run(WorkAsync))];
    }

    /// <summary>Runs a check when a worker is free, or refuses it at once if too many wait.</summary>
    /// <param name="check">The check.</param>
    public ValueTask<LoginVerdict> RunAsync(Func<ValueTask<LoginVerdict>> check)
    {
        var job = new Job(check);
        return _queue.Writer.TryWrite(job) ? new(job.Verdict.Task) : new(LoginVerdict.Refuse(ErrorCode.Busy));
    }

    /// <summary>Lets the checks that wait finish, and takes no more.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await Task.WhenAll(_workers).ConfigureAwait(false);
    }

    private async Task WorkAsync()
    {
        await foreach (var job in _queue.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            try
            {
                job.Verdict.SetResult(await job.Check().ConfigureAwait(false));
            }
            catch (Exception e)
            {
                // A worker must go on whatever a check does. Whoever waits for the check is told.
                job.Verdict.SetException(e);
            }
        }
    }

    private sealed class Job(Func<ValueTask<LoginVerdict>> check)
    {
        public Func<ValueTask<LoginVerdict>> Check => check;

        /// <summary>The worker does not run what waits for the verdict.</summary>
        public TaskCompletionSource<LoginVerdict> Verdict { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
