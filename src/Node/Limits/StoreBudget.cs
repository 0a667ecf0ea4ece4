using System.IO.Hashing;
using System.Net;
using ChatAkka.Node.Telemetry;

namespace ChatAkka.Node.Limits;

/// <summary>What one connection may still store for users who are away. Any thread may call it: the chats of a connection come to mailboxes by the ways of their
/// recipients.</summary>
/// <param name="limits">The limits of the connection.</param>
/// <param name="addresses">The limits of its address.</param>
/// <param name="address">Its address.</param>
/// <param name="counters">Counts what was refused.</param>
/// <param name="time">The clock.</param>
internal sealed class StoreBudget(ConnectionLimits limits, AddressGate addresses, IPAddress address, NodeCounters counters, TimeProvider time)
{
    private readonly Lock _gate = new();
    private HashSet<ulong>? _known;
    private Queue<ulong>? _order;
    private TokenBucket _new;
    private TokenBucket _stored;

    /// <summary>Says whether the connection may store one more chat for a user, and counts it.</summary>
    /// <param name="recipient">The user's name in UTF-8, in the form in which names are compared.</param>
    public bool TryStore(ReadOnlySpan<byte> recipient)
    {
        if (limits.Stored is null && limits.NewRecipients is null && !addresses.LimitsRecipients)
            return true;
        var now = time.GetElapsedTime(0);
        lock (_gate)
        {
            if (limits.Stored is { } stored && _stored.Wait(stored, 1, now) > TimeSpan.Zero)
                return Refuse(LimitKind.StoredOfConnection);
            if (!TryKnow(XxHash3.HashToUInt64(recipient), now))
                return false;
            if (limits.Stored is { } rate)
                _stored.Take(rate, 1, now);
            return true;
        }
    }

    private bool TryKnow(ulong recipient, TimeSpan now)
    {
        (_known, _order) = (_known ?? [], _order ?? []);
        if (_known.Contains(recipient))
            return true;
        if (limits.NewRecipients is { } rate && _new.Wait(rate, 1, now) > TimeSpan.Zero)
            return Refuse(LimitKind.NewRecipientsOfConnection);

        // The gate counts what it refuses.
        if (!addresses.TryBeginRecipient(address))
            return false;
        if (limits.NewRecipients is { } mine)
            _new.Take(mine, 1, now);
        _known.Add(recipient);
        _order.Enqueue(recipient);
        if (_order.Count > ConnectionLimits.MostRemembered)
            _known.Remove(_order.Dequeue());
        return true;
    }

    private bool Refuse(LimitKind kind)
    {
        counters.Limited(kind);
        return false;
    }
}
