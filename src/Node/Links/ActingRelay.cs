using Akka.Actor;

namespace ChatAkka.Node.Links;

/// <summary>Knows which relay acts, and whether frames can go through it now. It chooses no path: that is done for each link by its
/// <see cref="PathPolicy"/>.</summary>
/// <remarks>
/// <code>
/// none --heartbeat--> usable --connection lost, unreachable, no heartbeat--> doubtful --heartbeat--> usable
///                        '--------- actor ended, member gone ---------> none
/// </code>
/// The acting relay sends a heartbeat (<c>RelayHello</c>) to every node twice a second. Pure and not thread-safe. The methods that change the state
/// give true if frames have to go another way now: the usable relay is another one, or is usable again, or is not usable any more.
/// </remarks>
/// <param name="silence">If no heartbeat came for longer than this, the relay is doubted.</param>
internal sealed class ActingRelay(TimeSpan silence)
{
    private TimeSpan _heard;
    private bool _isDoubted;

    /// <summary>The acting relay; null if there is none.</summary>
    public IActorRef? Relay { get; private set; }

    /// <summary>The term of the acting relay, or of the last one if there is none.</summary>
    public long Term { get; private set; }

    /// <summary>The acting relay, if frames can go through it now; otherwise null.</summary>
    public IActorRef? Usable => _isDoubted ? null : Relay;

    /// <summary>True for the term of a relay that was succeeded by another one.</summary>
    public bool IsStaleTerm(long term) => term < Term;

    /// <summary>A heartbeat came from a relay. Its term must not be stale.</summary>
    /// <param name="relay">The relay.</param>
    /// <param name="term">Its term.</param>
    /// <param name="now">When, on any clock that only moves forward.</param>
    public bool Heard(IActorRef relay, long term, TimeSpan now)
    {
        _heard = now;
        if (term == Term && relay.Equals(Relay) && !_isDoubted)
            return false;
        (Relay, Term, _isDoubted) = (relay, term, false);
        return true;
    }

    /// <summary>A relay's actor ended, or its member is gone.</summary>
    public bool Ended(IActorRef relay)
    {
        if (!relay.Equals(Relay))
            return false;
        Relay = null;
        return !_isDoubted;
    }

    /// <summary>The connection to a process was lost, or the process is unreachable. If the relay runs in it, the relay is doubted.</summary>
    public bool Doubt(Address address) => Relay is not null && Relay.Path.Address.Equals(address) && Doubt();

    /// <summary>Checks how long no heartbeat came. If it is too long, the relay is doubted.</summary>
    /// <param name="now">The time of the check, on the clock of <see cref="Heard"/>.</param>
    public bool CheckSilence(TimeSpan now) => Relay is not null && now - _heard > silence && Doubt();

    private bool Doubt()
    {
        var changed = !_isDoubted;
        _isDoubted = true;
        return changed;
    }
}
