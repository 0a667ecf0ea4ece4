using Akka.Actor;
using Akka.Cluster;
using Akka.Event;
using Akka.Remote;

namespace ChatAkka.Startup;

/// <summary>Checks, when the connection to a member is lost, whether its process has ended. If so, it downs the member, and the failure detector
/// is told.</summary>
/// <remarks>If the kernel of a running host refuses connections to a port, no process listens there. If the network is cut, the process is
/// suspended or the host is dead, nothing answers. Then the split-brain resolver decides. So a crash is detected in a fraction of a second
/// instead of some seconds. The cluster removes a member that is down only when all others see it as unreachable; that is what
/// <see cref="CrashVerdicts"/> are for. docs/operations.md, "Failure detection".</remarks>
internal sealed class CrashProbeActor : ReceiveActor
{
    private readonly CrashProbeSettings _settings;
    private readonly TimeProvider _time;
    private readonly Cluster _cluster = Cluster.Get(Context.System);
    private readonly CrashVerdicts _verdicts = CrashVerdicts.Of(Context.System.EventStream);
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly HashSet<UniqueAddress> _probing = [];
    private readonly HashSet<UniqueAddress> _again = [];

    /// <summary>The processes that the verdicts are about.</summary>
    private readonly Dictionary<Address, UniqueAddress> _ended = [];

    /// <summary>Makes the actor.</summary>
    /// <param name="settings">How the port of a lost member is probed.</param>
    /// <param name="time">The clock.</param>
    public CrashProbeActor(CrashProbeSettings settings, TimeProvider time)
    {
        _settings = settings;
        _time = time;
        Receive<DisassociatedEvent>(m => Probe(m.RemoteAddress));
        Receive<ClusterEvent.UnreachableMember>(m => Probe(m.Member.Address));
        Receive<ClusterEvent.MemberRemoved>(m =>
        {
            _verdicts.Forget(m.Member.Address.ToString());
            _ended.Remove(m.Member.Address);
        });
        Receive<ClusterEvent.CurrentClusterState>(_ => { });
        Receive<VerdictRefuted>(OnRefuted);
        Receive<Probed>(OnProbed);
    }

    /// <inheritdoc/>
    protected override void PreStart()
    {
        Context.System.EventStream.Subscribe(Self, typeof(DisassociatedEvent));
        Context.System.EventStream.Subscribe(Self, typeof(VerdictRefuted));
        _cluster.Subscribe(Self, typeof(ClusterEvent.UnreachableMember), typeof(ClusterEvent.MemberRemoved));
    }

    /// <inheritdoc/>
    protected override void PostStop()
    {
        Context.System.EventStream.Unsubscribe(Self);
        _cluster.Unsubscribe(Self);
    }

    private void Probe(Address address)
    {
        if (Find(address) is not { } member)
            return;
        if (_verdicts.IsEnded(address.ToString()))
        {
            if (_ended.GetValueOrDefault(address)?.Equals(member.UniqueAddress) == true)
                return;

            // The verdict was about an earlier process at this address.
            _verdicts.Forget(address.ToString());
        }

        if (!_probing.Add(member.UniqueAddress))
        {
            // The probe that runs may be about to give up.
            _again.Add(member.UniqueAddress);
            return;
        }

        PortProbe.IsRefusedAsync(address.Host!, address.Port ?? 0, _settings, _time).PipeTo(
            Self,
            success: refused => new Probed(member.UniqueAddress, refused),
            failure: _ => new Probed(member.UniqueAddress, Refused: false));
    }

    private void OnProbed(Probed probed)
    {
        _probing.Remove(probed.Address);
        if (_again.Remove(probed.Address) && !probed.Refused)
            Probe(probed.Address.Address);
        if (!probed.Refused || Find(probed.Address.Address) is not { } member || !member.UniqueAddress.Equals(probed.Address))
            return;
        _verdicts.Declare(member.Address.ToString());
        _ended[member.Address] = member.UniqueAddress;
        if (member.Status is MemberStatus.Exiting or MemberStatus.Down)
            return;
        _log.Warning("The process of member {0} has ended: its port refuses connections. It is downed; if it was a node, the relay deletes its sessions",
            member.Address);
        _cluster.Down(member.Address);
    }

    /// <summary>A heartbeat that was on its way when the process ended refutes the verdict as well. So the port is probed again.</summary>
    private void OnRefuted(VerdictRefuted refuted)
    {
        _log.Info("A heartbeat came from {0} after its port had refused connections. The port is probed again", refuted.Address);
        Probe(Address.Parse(refuted.Address));
    }

    private Member? Find(Address address) => _cluster.IsTerminated ? null : _cluster.State.Members.FirstOrDefault(m =>
        m.Address.Equals(address) && !m.UniqueAddress.Equals(_cluster.SelfUniqueAddress) && m.Status is not MemberStatus.Removed);

    private sealed record Probed(UniqueAddress Address, bool Refused);
}
