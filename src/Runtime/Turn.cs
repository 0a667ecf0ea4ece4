using Akka.Dispatch;

namespace ChatAkka.Runtime;

/// <summary>What one thread does in a row: from <see cref="Begin"/> on it keeps what is to be run next for itself, and runs it when the
/// turn ends. So a read from a socket reaches the sockets it is for without another thread being woken.</summary>
/// <remarks>Bounded: what would be more goes to the thread pool, where other threads take it.</remarks>
public static class Turn
{
    /// <summary>The most that wait on one thread; where there are more, other threads shall help.</summary>
    private const int MostWaiting = 16;

    /// <summary>The most that one turn runs, so that a thread comes back to what else waits for it.</summary>
    private const int MostRun = 256;

    [ThreadStatic]
    private static Local? s_local;

    /// <summary>Begins a turn, or does nothing where this thread is in one. The turn ends when what is given is disposed.</summary>
    public static End Begin()
    {
        var local = s_local ??= new Local();
        if (local.IsOpen)
            return default;
        local.IsOpen = true;
        local.Ran = 0;
        return new End(local);
    }

    /// <summary>Takes something to run in this thread's turn; false where there is none, or it has enough.</summary>
    internal static bool TryAdd(IRunnable run)
    {
        if (s_local is not { IsOpen: true } local || local.Waiting.Count >= MostWaiting || local.Ran >= MostRun)
            return false;
        local.Waiting.Enqueue(run);
        return true;
    }

    /// <summary>Runs what waits and ends the turn.</summary>
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

                // Where one threw, those behind it must not be forgotten.
                while (Waiting.TryDequeue(out var next))
                    ThreadPool.UnsafeQueueUserWorkItem(static run => run.Run(), next, preferLocal: false);
            }
        }
    }
}
