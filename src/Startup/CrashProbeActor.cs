using Akka.Actor;
using Akka.Cluster;
using Akka.Event;
using Akka.Remote;

namespace ChatAkka.Startup;

/// <summary>Finds out, when the connection to a member is lost, whether its process is gone, and downs it then.</summary>
/// <remarks>A port that refuses to be connected to has no process behind it: the kernel of a living host says so. A cut network, a
/// stopped process or a dead host does not answer at all, and is left to the split-brain resolver. So a crash is known in half a
/// second instead of nine. docs/operations.md, "Failure detection".</remarks>
internal sealed class CrashProbeActor : ReceiveActor
{
    private readonly CrashProbeSettings _settings;
    private readonly Cluster _cluster = Cluster.Get(Context.System);
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly HashSet<UniqueAddress> _probing = [];

    /// <summary>Makes the actor.</summary>
    public CrashProbeActor(CrashProbeSettings settings)
    {
        _settings = settings;
        Receive<DisassociatedEvent>(m => Probe(m.RemoteAddress));
        Receive<ClusterEvent.UnreachableMember>(m => Probe(m.Member.Address));
        Receive<ClusterEvent.CurrentClusterState>(_ => { });
        Receive<Probed>(OnProbed);
    }

    /// <inheritdoc/>
    protected override void PreStart()
    {
        Context.System.EventStream.Subscribe(Self, typeof(DisassociatedEvent));
        _cluster.Subscribe(Self, typeof(ClusterEvent.UnreachableMember));
    }

    /// <inheritdoc/>
    protected override void PostStop()
    {
        Context.System.EventStream.Unsubscribe(Self);
        _cluster.Unsubscribe(Self);
    }

    private void Probe(Address address)
    {
        if (Find(address) is not { } member || !_probing.Add(member.UniqueAddress))
            return;
        PortProbe.IsRefusedAsync(address.Host!, address.Port ?? 0, _settings).PipeTo(
            Self,
            success: refused => new Probed(member.UniqueAddress, refused),
            failure: _ => new Probed(member.UniqueAddress, Refused: false));
    }

    private void OnProbed(Probed probed)
    {
        _probing.Remove(probed.Address);
        if (!probed.Refused || Find(probed.Address.Address)?.UniqueAddress.Equals(probed.Address) != true)
            return;
        _log.Warning("The process of member {0} is gone: its port refuses connections", probed.Address.Address);
        _cluster.Down(probed.Address.Address);
    }

    private Member? Find(Address address) => _cluster.IsTerminated ? null : _cluster.State.Members.FirstOrDefault(m =>
        m.Address.Equals(address) && !m.UniqueAddress.Equals(_cluster.SelfUniqueAddress) && m.Status is not (MemberStatus.Exiting or MemberStatus.Down or MemberStatus.Removed));

    private sealed record Probed(UniqueAddress Address, bool Refused);
}
