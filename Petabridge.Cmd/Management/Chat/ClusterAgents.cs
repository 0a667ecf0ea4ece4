using System.Text.Json;
using Akka.Actor;
using Akka.Cluster;
using ChatAkka.Protocol.Internode;
using ChatAkka.Protocol.Operators;
using ChatAkka.Startup;

namespace ChatAkka.Management.Chat;

/// <summary>Asks the agents of all members at once, and waits for each of them no longer than a time limit.</summary>
/// <param name="system">The actor system.</param>
/// <param name="timeout">How long an agent may take to answer.</param>
public sealed class ClusterAgents(ActorSystem system, TimeSpan timeout)
{
    private readonly Cluster _cluster = Cluster.Get(system);

    /// <summary>The nodes that may live, by address.</summary>
    public IReadOnlyList<Member> Nodes => Members(ClusterNames.NodeRole);

    /// <summary>A node for questions that every node can answer: this one, or one that can be reached; null if there is none.</summary>
    public Member? AnyNode => Nodes
        .OrderByDescending(m => m.UniqueAddress.Equals(_cluster.SelfUniqueAddress))
        .ThenBy(m => _cluster.State.Unreachable.Contains(m))
        .FirstOrDefault();

    /// <summary>The node in this process; null if there is none.</summary>
    public Member? OwnNode => Nodes.FirstOrDefault(m => m.UniqueAddress.Equals(_cluster.SelfUniqueAddress));

    /// <summary>The members where the relay may live, by address.</summary>
    public IReadOnlyList<Member> Relays => Members(ClusterNames.RelayRole);

    /// <summary>Asks every node.</summary>
    public Task<IReadOnlyList<(Member Member, T? Answer, string Error)>> AskNodesAsync<T>(string kind, object question)
        where T : class => AskAllAsync<T>(Nodes, system.NodeAgentOf, kind, question);

    /// <summary>Asks every member where the relay may live.</summary>
    public Task<IReadOnlyList<(Member Member, T? Answer, string Error)>> AskRelaysAsync<T>(string kind, object question)
        where T : class => AskAllAsync<T>(Relays, system.RelayAgentOf, kind, question);

    /// <summary>Finds a node by its cluster address or its client address; null if there is none.</summary>
    public async Task<Member?> FindNodeAsync(string text)
    {
        if (Nodes.FirstOrDefault(m => m.UniqueAddress.ToNodeId().Address == text) is { } member)
            return member;
        var reports = await AskNodesAsync<NodeReport>(AgentKinds.Node, new NoQuestion()).ConfigureAwait(false);
        return reports.FirstOrDefault(r => r.Answer?.ClientAddress == text).Member;
    }

    /// <summary>Asks one node.</summary>
    public Task<(T? Answer, string Error)> AskNodeAsync<T>(Address node, string kind, object question)
        where T : class => AskAsync<T>(system.NodeAgentOf(node), kind, question);

    private IReadOnlyList<Member> Members(string role) =>
    [
        .. _cluster.State.Members
            .Where(m => m.HasRole(role) && (m.Status is MemberStatus.Up or MemberStatus.Leaving))
            .OrderBy(m => m.Address.ToString(), StringComparer.Ordinal),
    ];

    private async Task<IReadOnlyList<(Member Member, T? Answer, string Error)>> AskAllAsync<T>(
        IReadOnlyList<Member> members, Func<Address, ActorSelection> agentOf, string kind, object question)
        where T : class
    {
        var asked = members.Select(async m =>
        {
            var (answer, error) = await AskAsync<T>(agentOf(m.Address), kind, question).ConfigureAwait(false);
            return (m, answer, error);
        }).ToList();
        return await Task.WhenAll(asked).ConfigureAwait(false);
    }

    private async Task<(T? Answer, string Error)> AskAsync<T>(ActorSelection agent, string kind, object question)
        where T : class
    {
        try
        {
            var json = JsonSerializer.SerializeToUtf8Bytes(question, question.GetType(), AgentJson.Default);
            var answer = await agent.Ask<AgentAnswer>(new AgentQuestion(kind, json), timeout).ConfigureAwait(false);
            return answer.Error.Length > 0 ? (null, answer.Error) : (AgentJson.Read<T>(answer.Body), "");
        }
        catch (Exception e) when (e is AskTimeoutException or TaskCanceledException)
        {
            return (null, $"did not answer within {timeout.TotalSeconds:0.#} s");
        }
        catch (JsonException e)
        {
            return (null, $"gave an answer that cannot be read: {e.Message}");
        }
    }
}
