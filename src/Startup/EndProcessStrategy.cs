using Akka.Actor;
using Akka.Actor.Internal;
using Akka.Event;

namespace ChatAkka.Startup;

/// <summary>Supervision: if an actor throws, it is stopped, and the process ends with exit code 1.</summary>
/// <remarks>Our actors are not restarted in place. A restarted actor would begin with an empty state and lose what others rely on, for example
/// which entries of a link were taken. When a supervisor restarts the process, it is a new member, and all other parts handle that. Only an actor
/// whose state is stored elsewhere may restart by itself: a mailbox recovers from its journal.</remarks>
/// <param name="isExpendable">Tells which children are only stopped, because no other part depends on them; null for none.</param>
public sealed class EndProcessStrategy(Func<IActorRef, bool>? isExpendable = null) : OneForOneStrategy(_ => Directive.Stop)
{
    /// <inheritdoc/>
    public override void ProcessFailure(
        IActorContext context, bool restart, IActorRef child, Exception cause, ChildRestartStats stats, IReadOnlyCollection<ChildRestartStats> children)
    {
        if (isExpendable?.Invoke(child) != true)
        {
            Logging.GetLogger(context.System, typeof(EndProcessStrategy)).Error(
                cause, "{0} failed. Its state is lost, so this process leaves the cluster and ends with exit code {1}", child.Path, ExitCodes.Failed);
            CoordinatedShutdown.Get(context.System).Run(new ProcessHost.StoppedForGood(ExitCodes.Failed));
        }

        base.ProcessFailure(context, restart, child, cause, stats, children);
    }

    /// <summary>Makes the strategy for top-level actors, whose parent is Akka's guardian: <c>akka.actor.guardian-supervisor-strategy</c>.</summary>
    public sealed class OfGuardian : SupervisorStrategyConfigurator
    {
        /// <inheritdoc/>
        public override SupervisorStrategy Create() => new EndProcessStrategy();
    }
}
