using ChatAkka.Node.Connections;
using ChatAkka.Protocol;

namespace ChatAkka.Node.Logins;

/// <summary>Checks what clients give to prove who they are, beside the hot path: a bounded number of workers, and bounded queues before them.</summary>
/// <remarks>A storm of logins makes logins slower, and beyond the queue they are refused with <see cref="ErrorCode.Busy"/>. The workers are threads of their own, so that a
/// check never takes a thread from chats. Renewals have a queue of their own, which goes first: whoever renews is logged in, and its lines wait. A check whose connection
/// has closed meanwhile is not done. Any thread may call it.</remarks>
internal sealed class CredentialWorkers : IAsyncDisposable
{
    private readonly object _lock = new();
    private readonly Queue<Job> _renewals = new();
    private readonly Queue<Job> _logins = new();
    private readonly int _queueLength;
    private readonly Task[] _workers;
    private bool _isClosed;

    /// <summary>Starts the workers.</summary>
    /// <param name="workers">How many checks run at the same time.</param>
    /// <param name="queueLength">How many logins may wait, and how many renewals.</param>
    public CredentialWorkers(int workers, int queueLength)
    {
        _queueLength = queueLength;
        _workers = [.. Enumerable.Range(1, workers).Select(Start)];
    }

    /// <summary>Runs a check when a worker is free, or refuses it at once if too many wait.</summary>
    /// <param name="check">The check. It may block.</param>
    /// <param name="request">For which request; its connection may close before it is the check's turn.</param>
    public ValueTask<LoginVerdict> RunAsync(Func<ValueTask<LoginVerdict>> check, LoginRequest request = default)
    {
        var job = new Job(check, request.Connection);
        lock (_lock)
        {
            var queue = request.Renews ? _renewals : _logins;
            if (_isClosed || queue.Count >= _queueLength)
                return new(LoginVerdict.Refuse(ErrorCode.Busy));
            queue.Enqueue(job);
            Monitor.Pulse(_lock);
        }

        return new(job.Verdict.Task);
    }

    /// <summary>Lets the checks that wait finish, and takes no more.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_lock)
        {
            _isClosed = true;
            Monitor.PulseAll(_lock);
        }

        await Task.WhenAll(_workers).ConfigureAwait(false);
    }

    private Task Start(int number)
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() =>
        {
            while (Next() is { } job)
                job.Run();
            ended.SetResult();
        })
        { IsBackground = true, Name = $"login worker {number}" };
        thread.Start();
        return ended.Task;
    }

    /// <summary>Waits for the next check; null if there are no more.</summary>
    private Job? Next()
    {
        lock (_lock)
        {
            while (true)
            {
                if (_renewals.TryDequeue(out var job) || _logins.TryDequeue(out job))
                    return job;
                if (_isClosed)
                    return null;
                Monitor.Wait(_lock);
            }
        }
    }

    private sealed class Job(Func<ValueTask<LoginVerdict>> check, ClientConnection? connection)
    {
        /// <summary>The worker does not run what waits for the verdict.</summary>
        public TaskCompletionSource<LoginVerdict> Verdict { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>Runs the check.</summary>
        public void Run()
        {
            try
            {
                // Nobody waits for the verdict of a connection that is gone.
                Verdict.SetResult(connection is { IsGone: true } ? LoginVerdict.Refuse(ErrorCode.Busy) : check().AsTask().GetAwaiter().GetResult());
            }
            catch (Exception e)
            {
                // A worker must go on whatever a check does. Whoever waits for the check is told.
                Verdict.SetException(e);
            }
        }
    }
}
