using Akka.Configuration;
using Akka.Dispatch;

namespace ChatAkka.Runtime;

/// <summary>Runs actors on the thread that told them something, one after the other, where that thread can take them: work goes on where
/// its data is, instead of waking another thread for every hop (docs/performance.md, "Thread hand-overs").</summary>
/// <remarks>Chosen in HOCON as <c>executor</c> of a dispatcher. An actor still runs on one thread at a time, and never inside another
/// one: it waits until the one that told it is done.</remarks>
/// <param name="config">The dispatcher's configuration.</param>
/// <param name="prerequisites">What dispatchers are made with.</param>
public sealed class RunToCompletionExecutorConfigurator(Config config, IDispatcherPrerequisites prerequisites)
    : ExecutorServiceConfigurator(config, prerequisites)
{
    /// <inheritdoc/>
    public override ExecutorService Produce(string id) => new Executor(id);

    private sealed class Executor(string id) : ExecutorService(id)
    {
        public override void Execute(IRunnable run)
        {
            if (!Turn.TryAdd(run))
                ThreadPool.UnsafeQueueUserWorkItem(new Work(run), preferLocal: false);
        }

        public override void Shutdown()
        {
        }
    }

    private sealed class Work(IRunnable run) : IThreadPoolWorkItem
    {
        public void Execute()
        {
            using var turn = Turn.Begin();
            run.Run();
        }
    }
}
