using Akka.Actor;
using ChatAkka.Management.Commands;
using ChatAkka.Protocol.Operators;
using ChatAkka.Startup;

namespace ChatAkka.Management.Chat;

/// <summary>Starts or ends the drain of a node, and tells one client how it goes until the node is empty or the client goes.</summary>
/// <remarks>The node itself drains. It continues if the client that started the drain disconnects.</remarks>
internal sealed class DrainWatchActor : ReceiveActor, IWithTimers
{
    private readonly IActorRef _client;
    private readonly ClusterAgents _agents;
    private readonly TimeSpan _interval;
    private Address? _node;
    private string _name = "";

    public DrainWatchActor(
        IActorRef client, ClusterAgents agents, string text, int pace, bool force, bool cancel, TimeSpan timeout, ChatTimings timings)
    {
        _client = client;
        _agents = agents;
        _interval = timings.DrainInterval;
        Context.Watch(client);
        StartAsync(text, cancel ? 0 : pace, force).PipeTo(Self, failure: e => new Failed(e.GetBaseException().Message));
        Receive<Terminated>(_ => Context.Stop(Self));
        Receive<Failed>(m => End(new CommandAnswer.ErroredCommandResponse(m.Reason)));
        Receive<Started>(m =>
        {
            (_node, _name) = (m.Node, m.Name);
            if (cancel)
                End(new CommandAnswer.CommandResponse($"{_name} accepts clients again; {m.Report.Moved} were sent away, {m.Report.Left} are connected"));
            else
                OnReport(m.Report);
        });
        Receive<Tick>(_ => _agents.AskNodeAsync<DrainReport>(_node!, AgentKinds.Drain, new DrainQuestion(-1)).PipeTo(
            Self, success: r => r.Answer is { } report ? report : new Failed($"{_name} {r.Error}")));
        Receive<DrainReport>(OnReport);
        SetReceiveTimeout(timings.SilenceLimit(timeout));
        Receive<ReceiveTimeout>(_ => End(new CommandAnswer.ErroredCommandResponse($"{(_name.Length > 0 ? _name : text)} did not answer in time")));
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    private async Task<object> StartAsync(string text, int pace, bool force)
    {
        var reports = await _agents.AskNodesAsync<NodeReport>(AgentKinds.Node, new NoQuestion()).ConfigureAwait(false);
        var found = reports.FirstOrDefault(r => r.Answer is { } a && (a.Address == text || a.ClientAddress == text));
        if (found.Answer is not { } node)
        {
            var silent = reports.FirstOrDefault(r => r.Answer is null && r.Member.UniqueAddress.ToNodeId().Address == text);
            return new Failed(silent.Member is null ? $"there is no node {text}: chat nodes lists them" : $"{text} {silent.Error}");
        }

        var capacity = reports.Where(r => r.Answer is { IsDraining: false } a && a.Node != node.Node).Sum(r => r.Answer!.Capacity - r.Answer.Connections);
        if (pace > 0 && !force && capacity < node.Connections)
            return new Failed($"{node.Address} has {node.Connections} clients, and the other nodes have capacity for {capacity}: --force drains it nevertheless");
        var (report, error) = await _agents.AskNodeAsync<DrainReport>(found.Member.Address, AgentKinds.Drain, new DrainQuestion(pace)).ConfigureAwait(false);
        return report is null ? new Failed($"{node.Address} {error}") : new Started(found.Member.Address, node.Address, report);
    }

    private void OnReport(DrainReport report)
    {
        if (!report.IsDraining)
        {
            End(new CommandAnswer.ErroredCommandResponse($"the drain of {_name} was cancelled; {report.Left} clients are connected"));
            return;
        }

        if (report.Left == 0)
        {
            End(new CommandAnswer.CommandResponse($"{_name} is empty: {report.Moved} clients were sent away. It accepts no new ones until chat drain {_name} --cancel"));
            return;
        }

        _client.Tell(new CommandAnswer.CommandResponse($"{_name}: {report.Moved} sent away, {report.Left} left", Final: false));
        Timers.StartSingleTimer(nameof(Tick), new Tick(), _interval);
    }

    private void End(CommandAnswer answer)
    {
        _client.Tell(answer);
        Context.Stop(Self);
    }

    private sealed record Started(Address Node, string Name, DrainReport Report);

    private sealed record Failed(string Reason);

    private sealed record Tick;
}
