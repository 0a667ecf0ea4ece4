using Akka.Dispatch;

namespace ChatAkka.Runtime;

/// <summary>A run of work on one thread. From <see cref="Begin"/> until the end of the turn, new work of this thread is queued on the thread, and
/// it is run when the turn ends. So data that is read from one socket is written to other sockets without waking another thread.</summary>
/// <remarks>The queue is bounded. Work above the bound goes to the thread pool.</remarks>
public static class Turn
{
    /// <summary>The maximum number of queued items of a thread. Further items go to other threads.</summary>
    private const int MostWaiting = 16;

    /// <summary>After so many items a turn accepts no more, so that the thread returns to its other work.</summary>
    private const int MostRun = 256;

    [ThreadStatic]
    private static Local? s_local;

    /// <summary>Begins a turn, or does nothing if this thread already has one. The turn ends when the result is disposed.</summary>
    public static End Begin()
    {
        var local = s_local ??= new Local();
        if (local.IsOpen)
            return default;
        local.IsOpen = true;
        local.Ran = 0;
        return new End(local);
    }

    /// <summary>Queues an item for this thread's turn; false if there is no turn or it is full.</summary>
    internal static bool TryAdd(IRunnable run)
    {
        if (s_local is not { IsOpen: true } local || local.Waiting.Count >= MostWaiting || local.Ran >= MostRun)
            return false;
        local.Waiting.Enqueue(run);
        return true;
    }

    /// <summary>Ends the turn: its disposal runs all queued items.</summary>
    public readonly struct End : IDisposable
    {
        private readonly Local? _local;

        internal End(Local local) => _local = local;

        /// <inheritdoc/>
        public void Dispose() => _local?.Finish();
    }

    internal sealed class Local
    {
        public Queue<IRunnable> Waiting { get; } = new();

        public bool IsOpen { get; set; }

        public int Ran { get; set; }

        public void Finish()
        {
            try
            {
                while (Waiting.TryDequeue(out var next))
                {
                    Ran++;
                    next.Run();
                }
            }
            finally
            {
                IsOpen = false;

                // If an item threw, the items after it must still run.
                while (Waiting.TryDequeue(out var next))
                    ThreadPool.UnsafeQueueUserWorkItem(static run => run.Run(), next, preferLocal: false);
            }
        }
    }
}
