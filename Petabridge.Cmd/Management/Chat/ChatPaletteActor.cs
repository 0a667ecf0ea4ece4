using System.Text.Json.Nodes;
using Akka.Actor;
using Akka.Cluster;
using ChatAkka.Management.Commands;
using ChatAkka.Protocol;
using ChatAkka.Protocol.Operators;
using ChatAkka.Sessions;
using ChatAkka.Startup;

namespace ChatAkka.Management.Chat;

/// <summary>Executes the commands of <see cref="ChatPalette"/>: asks agents and the registry, and puts their answers together.</summary>
internal sealed class ChatPaletteActor : CommandHandlerActor
{
    private readonly ISessionRegistry _registry;
    private readonly ClusterAgents _agents;
    private readonly TimeSpan _timeout;
    private readonly ChatTimings _timings;

    public ChatPaletteActor(CommandPalette palette, ISessionRegistry registry, ITokenRevocations revocations, TimeSpan timeout, ChatTimings timings)
        : base(palette)
    {
        _registry = registry;
        _timeout = timeout;
        _timings = timings;
        _agents = new ClusterAgents(Context.System, timeout);
        Run(ChatPalette.Nodes, NodesAsync);
        Run(ChatPalette.Who, WhoAsync);
        Run(ChatPalette.Sessions, SessionsAsync);
        Run(ChatPalette.Kick, KickAsync);
        Run(ChatPalette.Send, SendAsync);
        Run(ChatPalette.Relay, RelayAsync);
        Run(ChatPalette.Audit, AuditAsync);
        Run(ChatPalette.Limits, LimitsAsync);
        Run(ChatPalette.Why, WhyAsync);
        Run(ChatPalette.Trace, TraceAsync);
        var (tokens, accounts) = (new TokenCommands(revocations, TimeProvider.System), new AccountCommands(_agents));
        Process(ChatPalette.Token, command => tokens.RunAsync(command).PipeTo(Sender));
        Process(ChatPalette.Account, command => accounts.RunAsync(command).PipeTo(Sender));
        Process(ChatPalette.Logins, command => accounts.LoginsAsync(command).PipeTo(Sender));
        Process(ChatPalette.Drain, StartDrain);
    }

    private void Run(string name, Func<Command, IActorRef, Task> run) => Process(name, command =>
    {
        var client = Sender;
        FinishAsync(command, client, run).PipeTo(client);
    });

    /// <summary>An error of the registry is an answer, too.</summary>
    private static async Task<object> FinishAsync(Command command, IActorRef client, Func<Command, IActorRef, Task> run)
    {
        try
        {
            await run(command, client).ConfigureAwait(false);
            return CommandAnswer.CommandResponse.Empty;
        }
        catch (FailedException e)
        {
            return new CommandAnswer.ErroredCommandResponse(e.Message, e.Misused);
        }
        catch (Exception e) when (RedisSessionRegistry.IsUnavailable(e))
        {
            return new CommandAnswer.ErroredCommandResponse($"the session registry does not answer: {e.GetBaseException().Message}");
        }
        catch (Exception e)
        {
            return new CommandAnswer.ErroredCommandResponse($"chat {command.Name} failed: {e.GetBaseException().Message}");
        }
    }

    private async Task NodesAsync(Command command, IActorRef client)
    {
        var reports = await _agents.AskNodesAsync<NodeReport>(AgentKinds.Node, new NoQuestion()).ConfigureAwait(false);
        Tell(
            client,
            ["node", "clients", "state", "connections", "cap", "sessions", "links", "queue"],
            reports.Select(r => r.Answer is { } n
                ? new JsonNode?[] { n.Address, n.ClientAddress, n.IsDraining ? "draining" : "up", n.Connections, n.Capacity, n.Sessions, n.Links, n.Queue }
                : [HostPortOf(r.Member), null, "no answer", null, null, null, null, null]));
        Warn(client, reports);
    }

    private async Task WhoAsync(Command command, IActorRef client)
    {
        var user = UserOf(command);
        if (await FindAsync(user).ConfigureAwait(false) is not { } session)
        {
            Tell(client, ["user", "state", "node", "connection", "since", "mode"], [[user.Text, "offline", null, null, null, null]]);
            return;
        }

        Tell(
            client,
            ["user", "state", "node", "connection", "since", "mode"],
            [[user.Text, "online", session.Owner.Node.Address, session.Owner.Connection, Times.Show(session.Since), session.Mode]]);
    }

    private async Task SessionsAsync(Command command, IActorRef client)
    {
        IReadOnlyList<Member> nodes = command.Argument("node") is { } text ? [await NodeAsync(text).ConfigureAwait(false)] : _agents.Nodes;
        var reports = await Task.WhenAll(nodes.Select(AllSessionsAsync)).ConfigureAwait(false);
        Tell(
            client,
            ["user", "node", "connection", "since", "mode", "idle s"],
            reports.SelectMany(r => r.Sessions.Select(s => (s, Node: HostPortOf(r.Node))))
                .OrderBy(s => s.s.User, StringComparer.Ordinal)
                .Select(s => new JsonNode?[] { s.s.User, s.Node, s.s.Connection, Times.Show(s.s.Since), s.s.Mode, s.s.IdleMilliseconds / 1000 }));
        foreach (var (node, _, error) in reports.Where(r => r.Error.Length > 0))
            client.Tell(new CommandAnswer.WarningResponse($"{HostPortOf(node)} {error}"));
    }

    /// <summary>Asks a node again until it gave all sessions: the size of a message between members is bounded.</summary>
    private async Task<(Member Node, IReadOnlyList<SessionReport> Sessions, string Error)> AllSessionsAsync(Member node)
    {
        List<SessionReport> all = [];
        while (true)
        {
            var (part, error) = await _agents.AskNodeAsync<SessionsReport>(
                node.Address, AgentKinds.Sessions, new SessionsQuestion(all.Count > 0 ? all[^1].User : "")).ConfigureAwait(false);
            all.AddRange(part?.Sessions ?? []);
            if (part is not { LeftOut: > 0, Sessions.Count: > 0 })
                return (node, all, error);
        }
    }

    private async Task KickAsync(Command command, IActorRef client)
    {
        var user = UserOf(command);
        if (await FindAsync(user).ConfigureAwait(false) is not { } session)
            throw new FailedException($"{user.Text} is not logged in");
        var node = session.Owner.Node;
        var (done, error) = await _agents.AskNodeAsync<DoneReport>(AddressOf(node), AgentKinds.Kick, new NameQuestion(user.Text)).ConfigureAwait(false);
        if (done is not { Done: true })
            throw new FailedException(done?.Text ?? $"{node.Address} {error}");
        client.Tell(new CommandAnswer.CommandResponse($"{user.Text} on {node.Address}: {done.Text}", Final: false));
    }

    private async Task SendAsync(Command command, IActorRef client)
    {
        var user = UserOf(command);
        if (_agents.AnyNode is not { } node)
            throw new FailedException("there is no node that could send it");
        var (done, error) = await _agents.AskNodeAsync<DoneReport>(
            node.Address, AgentKinds.Send, new SendQuestion(user.Text, command.Argument("text")!)).ConfigureAwait(false);
        if (done is not { Done: true })
            throw new FailedException(done?.Text ?? $"{HostPortOf(node)} {error}");
        client.Tell(new CommandAnswer.CommandResponse(done.Text, Final: false));
        if (done.IsStored && await Presence.HintAsync(_registry, user).ConfigureAwait(false) is { } hint)
            client.Tell(new CommandAnswer.CommandResponse(hint, Final: false));
    }

    private async Task RelayAsync(Command command, IActorRef client)
    {
        var reports = await _agents.AskRelaysAsync<RelayReport>(AgentKinds.Relay, new NoQuestion()).ConfigureAwait(false);
        Tell(
            client,
            ["member", "state", "term", "since", "forwarded", "nodes"],
            reports.Select(r => r.Answer is { } a
                ? new JsonNode?[]
                {
                    HostPortOf(r.Member), a.IsActing ? "acts" : "stands by", a.IsActing ? a.Term : null, a.IsActing ? Times.Show(a.Since) : null,
                    a.IsActing ? a.Forwarded : null, a.IsActing ? string.Join(",", a.Nodes) : null,
                }
                : [HostPortOf(r.Member), "no answer", null, null, null, null]));
        foreach (var cleanUp in reports.Where(r => r.Answer is not null).SelectMany(r => r.Answer!.CleanUps).OrderBy(c => c.Time))
            client.Tell(new CommandAnswer.CommandResponse($"cleaned up {Times.Show(cleanUp.Time)} after {cleanUp.Node}: {cleanUp.Sessions} sessions", Final: false));
        Warn(client, reports);
    }

    private async Task AuditAsync(Command command, IActorRef client)
    {
        var reports = await _agents.AskNodesAsync<NodeReport>(AgentKinds.Node, new NoQuestion()).ConfigureAwait(false);
        var audit = Chat.Audit.Of([.. reports.Select(r => r.Answer).OfType<NodeReport>()]);
        Tell(client, Chat.Audit.Columns, audit.Rows.Select(r => r.Cells));
        Warn(client, reports);
    }

    private async Task LimitsAsync(Command command, IActorRef client)
    {
        var reports = await _agents.AskNodesAsync<NodeReport>(AgentKinds.Node, new NoQuestion()).ConfigureAwait(false);
        Tell(client, LimitRows.Columns, LimitRows.Of([.. reports.Select(r => r.Answer).OfType<NodeReport>()]));
        Warn(client, reports);
    }

    private async Task WhyAsync(Command command, IActorRef client)
    {
        var user = UserOf(command);
        var finding = FindAsync(user);
        var events = _registry.EventsAsync(user);
        var places = _agents.AskNodesAsync<PlaceReport>(AgentKinds.Place, new NameQuestion(user.Text));
        var depth = DepthAsync(user);
        var session = await finding.ConfigureAwait(false);
        var history = await events.ConfigureAwait(false);
        client.Tell(new CommandAnswer.CommandResponse(Presence.Describe(user, session, history, _registry.EventsAge), Final: false));
        List<JsonNode?[]> rows = [];
        rows.Add(["registry", session is null ? "no session" : $"{session.Owner.Node.Address} connection {session.Owner.Connection}, since {Times.Show(session.Since)}, mode {session.Mode}"]);
        var reports = await places.ConfigureAwait(false);
        foreach (var (member, place, error) in reports)
        {
            var node = HostPortOf(member);
            if (place is null)
                rows.Add([$"node {node}", error]);
            else if (place.Session is { } s)
                rows.Add([$"node {node}", $"connection {s.Connection}, since {Times.Show(s.Since)}, mode {s.Mode}, idle {s.IdleMilliseconds / 1000} s, {s.Unwritten} bytes unwritten, {(s.Reads ? "chats reach it directly" : "reads its mailbox")}{Disagreements.Stray(session, member, s)}"]);
            if (place is { Place.Length: > 0 } p && p.Place != "here")
                rows.Add([$"cache of {node}", $"{p.Place}, {p.State}, {p.Waiting} waiting{Disagreements.Of(session, p.Place)}"]);
        }

        rows.Add(["mailbox", await depth.ConfigureAwait(false)]);
        foreach (var happened in history)
            rows.Add([happened.What, $"{Times.Show(happened.Time)} {happened.Details}"]);
        Tell(client, ["what", "details"], rows);
        Warn(client, reports);
    }

    private async Task<string> DepthAsync(UserName user)
    {
        if (_agents.AnyNode is not { } node)
            return "there is no node to ask";
        var (depth, error) = await _agents.AskNodeAsync<DepthReport>(node.Address, AgentKinds.Depth, new NameQuestion(user.Text)).ConfigureAwait(false);
        return depth is null ? $"{HostPortOf(node)} {error}"
            : !depth.Enabled ? "switched off"
            : $"{depth.Waiting} messages, {depth.Bytes} bytes, last number {depth.Last}, {(depth.Reader.Length > 0 ? $"read by {depth.Reader}" : "nobody reads")}";
    }

    private async Task TraceAsync(Command command, IActorRef client)
    {
        var reports = await _agents.AskNodesAsync<TraceReport>(AgentKinds.Trace, new NameQuestion(command.Argument("id")!)).ConfigureAwait(false);
        var hops = reports.Where(r => r.Answer is not null)
            .SelectMany(r => r.Answer!.Hops.Select((h, i) => (Hop: h, Node: HostPortOf(r.Member), Index: i)))
            .OrderBy(h => h.Hop.Time).ThenBy(h => h.Index).ToList();
        if (hops.Count == 0 && reports.All(r => r.Answer is not null))
            throw new FailedException($"no node remembers a message with the id {command.Argument("id")}: each node remembers about the last {TraceMemory.Most / 1000 * 1000} things that happened to messages with an id");
        Tell(
            client,
            ["time", "node", "what", "details"],
            hops.Select(h => new JsonNode?[] { Times.Show(h.Hop.Time), h.Node, h.Hop.What, h.Hop.Details }));
        foreach (var (member, answer, _) in reports)
        {
            if (answer is { LeftOut: > 0 and var more })
                client.Tell(new CommandAnswer.CommandResponse($"{HostPortOf(member)} does not show {more} earlier things: this id was used often", Final: false));
        }

        Warn(client, reports);
    }

    private void StartDrain(Command command)
    {
        var client = Sender;
        if (command.Number("pace", 1, 10_000) is not { } pace)
        {
            client.Tell(new CommandAnswer.ErroredCommandResponse($"--pace is '{command.Argument("pace")}', expected a whole number from 1 to 10000", Misused: true));
            return;
        }

        var (agents, text, force, cancel) = (_agents, command.Argument("node")!, command.Has("force"), command.Has("cancel"));
        var (timeout, timings) = (_timeout, _timings);
        Context.ActorOf(Props.Create(() => new DrainWatchActor(client, agents, text, pace, force, cancel, timeout, timings)));
    }

    private async Task<SessionRecord?> FindAsync(UserName user) => await _registry.FindAsync(user).ConfigureAwait(false) switch
    {
        FindOutcome.Found found => found.Session,
        FindOutcome.Unavailable away => throw new FailedException($"the session registry does not answer: {away.Reason}"),
        _ => null,
    };

    private async Task<Member> NodeAsync(string text) =>
        await _agents.FindNodeAsync(text).ConfigureAwait(false) ?? throw new FailedException($"there is no node {text}: chat nodes lists them");

    private static UserName UserOf(Command command) =>
        UserName.TryCreate(command.Argument("user")!) ?? throw new FailedException($"'{command.Argument("user")}' is no user name: {UserName.Explain(command.Argument("user")!)}", misused: true);

    private Address AddressOf(NodeId node) =>
        _agents.Nodes.FirstOrDefault(m => m.UniqueAddress.ToNodeId() == node)?.Address ?? throw new FailedException($"the session is on {node.Address}, which is not a living member of the cluster");

    private static void Tell(IActorRef client, IReadOnlyList<string> columns, IEnumerable<JsonNode?[]> rows) =>
        client.Tell(new CommandAnswer.TableResponse(columns, [.. rows], Final: false));

    private static void Warn<T>(IActorRef client, IReadOnlyList<(Member Member, T? Answer, string Error)> reports)
    {
        foreach (var (member, _, error) in reports.Where(r => r.Answer is null))
            client.Tell(new CommandAnswer.WarningResponse($"{HostPortOf(member)} {error}"));
    }

    private static string HostPortOf(Member member) => member.UniqueAddress.ToNodeId().Address;

    /// <summary>The command cannot be done; the message says why.</summary>
    private sealed class FailedException(string message, bool misused = false) : Exception(message)
    {
        /// <summary>True if the command was used wrongly.</summary>
        public bool Misused => misused;
    }
}
