using Akka.Actor;

namespace ChatAkka.Node.Links;

/// <summary>Which relay acts, and whether chats can go through it now.</summary>
/// <remarks>
/// <code>
/// none --hello--> usable --connection lost, unreachable, silent--> doubtful --hello--> usable
///                    '--------- died, its member gone ---------> none
/// </code>
/// The acting relay speaks to every node twice a second. Pure and not thread-safe; each method says whether the way changed.
/// </remarks>
/// <param name="silence">Without a word for so long the relay is doubted.</param>
internal sealed class RelayPath(TimeSpan silence)
{
    private long _heard;
    private bool _doubted;

    /// <summary>The acting relay; null where there is none.</summary>
    public IActorRef? Relay { get; private set; }

    /// <summary>Its term; of the last one where there is none.</summary>
    public long Term { get; private set; }

    /// <summary>The relay, where chats can go through it.</summary>
    public IActorRef? Usable => _doubted ? null : Relay;

    /// <summary>True for a frame or a hello of a relay that was succeeded by another.</summary>
    public bool IsOutOfOffice(long term) => term < Term;

    /// <summary>A relay of this or a later term spoke.</summary>
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

    /// <summary>The connection to a process was lost, or it cannot be reached: the relay may be there.</summary>
    public bool Doubt(Address address) => Relay is not null && Relay.Path.Address.Equals(address) && Doubt();

    /// <summary>Looks whether the relay was silent for too long.</summary>
    public bool CheckSilence(TimeProvider time) => Relay is not null && time.GetElapsedTime(_heard) > silence && Doubt();

    private bool Doubt()
    {
        var changed = !_doubted;
        _doubted = true;
        return changed;
    }
}
