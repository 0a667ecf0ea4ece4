using Akka.Actor;
using ChatAkka.Protocol.Internode;
using ChatAkka.Protocol.Operators;

namespace ChatAkka.Relay;

/// <summary>Answers questions about the relay in every process with the role relay, even if the acting relay is in another process.</summary>
internal sealed class RelayAgentActor : ReceiveActor
{
    private static readonly RelayReport s_standBy = new(false, 0, 0, 0, [], []);

    /// <summary>Makes the agent.</summary>
    /// <param name="answerLimit">How long the relay may take to answer.</param>
    public RelayAgentActor(TimeSpan answerLimit) => Receive<AgentQuestion>(question =>
    {
        if (question.Kind != AgentKinds.Relay)
        {
            Sender.Tell(new AgentAnswer($"does not know '{question.Kind}': its version is another", ReadOnlyMemory<byte>.Empty));
            return;
        }

        var relay = Context.ActorSelection($"/user/{ClusterNames.RelayManager}/{ClusterNames.RelayInstance}");
        ReportAsync(relay, answerLimit).PipeTo(
            Sender,
            success: report => new AgentAnswer("", AgentJson.Write(report)),
            failure: e => new AgentAnswer($"is up, and its relay does not answer: {e.GetBaseException().Message}", ReadOnlyMemory<byte>.Empty));
    });

    private static async Task<RelayReport> ReportAsync(ActorSelection relay, TimeSpan answerLimit)
    {
        try
        {
            var actor = await relay.ResolveOne(answerLimit).ConfigureAwait(false);
            return await actor.Ask<RelayReport>(new RelayActor.AskReport(), answerLimit).ConfigureAwait(false);
        }
        catch (ActorNotFoundException)
        {
            return s_standBy;
        }
    }
}
