using Akka.Actor;
using Akka.Cluster;
using ChatAkka.Management.Commands;
using ChatAkka.Startup;

namespace ChatAkka.Management.Palettes;

/// <summary>Executes the commands of <see cref="ClusterPalette"/>.</summary>
internal sealed class ClusterPaletteActor : CommandHandlerActor
{
    private static readonly string[] s_columns = ["address", "roles", "status", "reachability", "version"];

    private readonly PaletteTimings _timings;
    private readonly TimeProvider _time;
    private readonly Cluster _cluster = Cluster.Get(Context.System);

    public ClusterPaletteActor(CommandPalette palette, PaletteTimings timings, TimeProvider time)
        : base(palette)
    {
        _timings = timings;
        _time = time;
        Process(ClusterPalette.Show, _ => Show());
        Process(ClusterPalette.Status, _ => Status());
        Process(ClusterPalette.Leader, _ => Sender.Tell(_cluster.State.Leader is { } leader
            ? new CommandAnswer.CommandResponse(leader.ToString())
            : new CommandAnswer.ErroredCommandResponse("there is no leader: this process is in no cluster yet, or sees no majority")));
        Process(ClusterPalette.Join, Join);
        Process(ClusterPalette.Leave, Leave);
        Process(ClusterPalette.Down, Down);
        Process(ClusterPalette.DownUnreachable, _ => DownUnreachable());
        Process(ClusterPalette.Tail, _ =>
        {
            var client = Sender;
            Context.ActorOf(Props.Create(() => new ClusterTailActor(client, time)));
        });
    }

    private void Show()
    {
        var state = _cluster.State;
        Sender.Tell(new CommandAnswer.TableResponse(
            s_columns,
            [
                .. state.Members.OrderBy(m => m.Address.ToString(), StringComparer.Ordinal).Select(m => new System.Text.Json.Nodes.JsonNode?[]
                {
                    m.Address.ToString(),
                    $"[{string.Join(",", m.Roles.Order(StringComparer.Ordinal))}]",
                    Word(m.Status),
                    state.Unreachable.Contains(m) ? "unreachable" : "",
                    m.AppVersion.Version,
                }),
            ],
            Final: false,
            Piped: true));
        Sender.Tell(new CommandAnswer.CommandResponse($"Count: {state.Members.Count} {(state.Members.Count == 1 ? "node" : "nodes")}"));
    }

    private void Status()
    {
        var state = _cluster.State;
        var self = _cluster.SelfMember;
        foreach (var line in new[]
        {
            $"address: {_cluster.SelfAddress}",
            $"roles: {string.Join(",", _cluster.SelfRoles.Order(StringComparer.Ordinal))}",
            $"status: {(state.Members.IsEmpty ? "in no cluster" : Word(self.Status))}",
            $"leader: {state.Leader?.ToString() ?? "none"}{(_cluster.SelfAddress.Equals(state.Leader) ? " (this member)" : "")}",
            $"members: {state.Members.Count}",
            $"unreachable: {(state.Unreachable.IsEmpty ? "none" : string.Join(", ", state.Unreachable.Select(m => m.Address)))}",
        })
            Sender.Tell(new CommandAnswer.CommandResponse(line, Final: false));
        Sender.Tell(CommandAnswer.CommandResponse.Empty);
    }

    private void Join(Command command)
    {
        if (_cluster.State.Members.Count > 1 || (_cluster.SelfMember.Status == MemberStatus.Up && _cluster.State.Members.Count == 1))
        {
            Sender.Tell(new CommandAnswer.ErroredCommandResponse($"{_cluster.SelfAddress} is already in a cluster, which has {_cluster.State.Members.Count} members"));
            return;
        }

        if (ParseAddress(command.Argument("address")!) is not { } address)
            return;
        _cluster.Join(address);
        Await(() => _cluster.SelfMember.Status == MemberStatus.Up, $"{_cluster.SelfAddress} joined {address} and is up",
            $"{_cluster.SelfAddress} was told to join {address} and is not up yet: cluster status shows the progress");
    }

    private void Leave(Command command)
    {
        var address = command.Argument("address") is { } text ? ParseAddress(text) : _cluster.SelfAddress;
        if (address is null || FindMember(address) is not { } member)
            return;
        _cluster.Leave(address);
        if (address.Equals(_cluster.SelfAddress))
        {
            // This process ends when it is out: nobody would be left to say so.
            Sender.Tell(new CommandAnswer.CommandResponse($"{address} leaves the cluster: its clients are told, and then its process ends"));
            return;
        }

        Sender.Tell(new CommandAnswer.CommandResponse($"{address} was {Word(member.Status)} and is told to leave", Final: false));
        AwaitGone(member, $"{address} left the cluster", $"{address} is still leaving: cluster tail shows the progress");
    }

    private void Down(Command command)
    {
        if (ParseAddress(command.Argument("address")!) is not { } address || FindMember(address) is not { } member)
            return;
        var was = _cluster.State.Unreachable.Contains(member) ? "unreachable" : "reachable";
        _cluster.Down(address);
        if (address.Equals(_cluster.SelfAddress))
            Sender.Tell(new CommandAnswer.CommandResponse($"{address} is the member that was asked. It is marked down, and its process ends with exit code 1"));
        else
        {
            Sender.Tell(new CommandAnswer.CommandResponse($"{address} was {was} and is marked down", Final: false));
            AwaitGone(member, $"{address} is removed", $"{address} is not removed yet: cluster tail shows the progress");
        }
    }

    private void DownUnreachable()
    {
        var unreachable = _cluster.State.Unreachable;
        if (unreachable.IsEmpty)
        {
            Sender.Tell(new CommandAnswer.CommandResponse("no member is unreachable"));
            return;
        }

        foreach (var member in unreachable)
        {
            _cluster.Down(member.Address);
            Sender.Tell(new CommandAnswer.CommandResponse($"{member.Address} is marked down", Final: false));
        }

        Await(
            () => unreachable.All(IsGone),
            $"{unreachable.Count} removed",
            "not all of them are removed yet: cluster tail shows the progress");
    }

    private void AwaitGone(Member member, string done, string later) => Await(() => IsGone(member), done, later);

    private bool IsGone(Member member) => _cluster.State.Members.All(m => !m.UniqueAddress.Equals(member.UniqueAddress));

    private void Await(Func<bool> isSo, string done, string later)
    {
        var client = Sender;
        AwaitAsync(isSo).PipeTo(
            client,
            success: came => new CommandAnswer.CommandResponse(came ? done : later),
            failure: e => new CommandAnswer.ErroredCommandResponse(e.GetBaseException().Message));
    }

    private async Task<bool> AwaitAsync(Func<bool> isSo)
    {
        var start = _time.GetTimestamp();
        while (!isSo())
        {
            if (_time.GetElapsedTime(start) > _timings.ChangeLimit)
                return false;
            await Task.Delay(_timings.ChangeCheck, _time).ConfigureAwait(false);
        }

        return true;
    }

    private Address? ParseAddress(string text)
    {
        var prefix = $"{_cluster.SelfAddress.Protocol}://{_cluster.SelfAddress.System}@";
        if (HostPort.TryParse(text.StartsWith(prefix, StringComparison.Ordinal) ? text[prefix.Length..] : text) is { } at)
            return new Address(_cluster.SelfAddress.Protocol, _cluster.SelfAddress.System, at.Host, at.Port);
        Sender.Tell(new CommandAnswer.ErroredCommandResponse($"'{text}' is not an address: expected HOST:PORT, or the form that cluster show prints", Misused: true));
        return null;
    }

    private Member? FindMember(Address address)
    {
        if (_cluster.State.Members.FirstOrDefault(m => m.Address.Equals(address)) is { } member)
            return member;
        Sender.Tell(new CommandAnswer.ErroredCommandResponse($"{address} is not a member: cluster show lists the members"));
        return null;
    }

    private static string Word(MemberStatus status) => status.ToString().ToLowerInvariant();
}
