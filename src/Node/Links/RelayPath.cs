using Akka.Actor;

namespace ChatAkka.Node.Links;

/// <summary>Knows which relay acts, and whether frames can go through it now.</summary>
/// <remarks>
/// <code>
/// none --heartbeat--> usable --connection lost, unreachable, no heartbeat--> doubtful --heartbeat--> usable
///                        '--------- actor ended, member gone ---------> none
/// </code>
/// The acting relay sends a heartbeat (<c>RelayHello</c>) to every node twice a second. Pure and not thread-safe. The methods that change the state
/// give true if the path changed.
/// </remarks>
/// <param name="silence">If no heartbeat came for this long, the relay is doubted.</param>
internal sealed class RelayPath(TimeSpan silence)
{
    private long _heard;
    private bool _doubted;

    /// <summary>The acting relay; null if there is none.</summary>
    public IActorRef? Relay { get; private set; }

    /// <summary>The term of the acting relay, or of the last one if there is none.</summary>
    public long Term { get; private set; }

    /// <summary>The acting relay, if frames can go through it now; otherwise null.</summary>
    public IActorRef? Usable => _doubted ? null : Relay;

    /// <summary>True for the term of a relay that was succeeded by another one.</summary>
    public bool IsOutOfOffice(long term) => term < Term;

    /// <summary>A heartbeat came from a relay of the present term or a later one.</summary>
    public bool Heard(IActorRef relay, long term, long now)
    {
        _heard = now;
        if (term == Term && relay.Equals(Relay) && !_doubted)
            return false;
        (Relay, Term, _doubted) = (relay, term, false);
        return true;
    }

    /// <summary>The relay's actor ended, or its member is gone.</summary>
    public bool Died(IActorRef relay)
    {
        if (!relay.Equals(Relay))
            return false;
        Relay = null;
        return !_doubted;
    }

    /// <summary>The connection to a process was lost, or the process is unreachable. If the relay runs in it, the relay is doubted.</summary>
    public bool Doubt(Address address) => Relay is not null && Relay.Path.Address.Equals(address) && Doubt();

    /// <summary>Checks how long no heartbeat came. If it is too long, the relay is doubted.</summary>
    public bool CheckSilence(TimeProvider time) => Relay is not null && time.GetElapsedTime(_heard) > silence && Doubt();

    private bool Doubt()
    {
        var changed = !_doubted;
        _doubted = true;
        return changed;
    }
}
