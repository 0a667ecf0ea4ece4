using Akka.Actor;
using Akka.Actor.Internal;
using Akka.Event;

namespace ChatAkka.Startup;

/// <summary>What happens to an actor that throws: it is stopped, and the process with it, with exit code 1.</summary>
/// <remarks>No actor of ours is started again in place: it would begin empty, and forget in silence what others count on, as which entries of
/// a link were taken. A process that ends is another member when a supervisor starts it again, and everybody deals with that. Only what
/// has its state elsewhere may begin again by itself: a mailbox, from its journal.</remarks>
/// <param name="isExpendable">Says which children are merely stopped, as nobody but themselves depends on them; null for none.</param>
public sealed class EndProcessStrategy(Func<IActorRef, bool>? isExpendable = null) : OneForOneStrategy(_ => Directive.Stop)
{
    /// <inheritdoc/>
    public override void ProcessFailure(
        IActorContext context, bool restart, IActorRef child, Exception cause, ChildRestartStats stats, IReadOnlyCollection<ChildRestartStats> children)
    {
        if (isExpendable?.Invoke(child) != true)
        {
            Logging.GetLogger(context.System, typeof(EndProcessStrategy)).Error(
                cause, "{0} failed. It cannot go on where it was, so this process leaves the cluster and ends with exit code {1}", child.Path, ExitCodes.Failed);
            CoordinatedShutdown.Get(context.System).Run(new ProcessHost.StoppedForGood(ExitCodes.Failed));
        }

        base.ProcessFailure(context, restart, child, cause, stats, children);
    }

    /// <summary>Makes the strategy for actors that nobody of ours is the parent of: <c>akka.actor.guardian-supervisor-strategy</c>.</summary>
    public sealed class OfGuardian : SupervisorStrategyConfigurator
    {
        /// <inheritdoc/>
        public override SupervisorStrategy Create() => new EndProcessStrategy();
    }
}
