using Akka.Configuration;
using Akka.Dispatch;

namespace ChatAkka.Runtime;

/// <summary>Runs an actor on the thread that sent it a message, after the sender has finished, if that thread has a <see cref="Turn"/> with space.
/// So work continues where its data is cached, and no other thread is woken (docs/performance.md, "Thread hand-overs").</summary>
/// <remarks>Configured in HOCON as <c>executor</c> of a dispatcher. An actor still runs on one thread at a time, and never inside the call of
/// another actor: it runs after the sending actor has returned.</remarks>
/// <param name="config">The dispatcher's configuration.</param>
/// <param name="prerequisites">Akka's prerequisites of a dispatcher.</param>
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
