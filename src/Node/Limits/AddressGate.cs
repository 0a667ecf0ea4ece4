using System.Net;
using ChatAkka.Node.Telemetry;

namespace ChatAkka.Node.Limits;

/// <summary>Applies the limits of addresses to connections, logins and recipients. Any thread may call it.</summary>
/// <param name="limits">The limits.</param>
/// <param name="counters">Counts what was refused.</param>
/// <param name="time">The clock.</param>
internal sealed class AddressGate(AddressLimits limits, NodeCounters counters, TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly AddressTable _table = new(limits);
    private long _forgotten;

    /// <summary>A gate that refuses nothing.</summary>
    public static AddressGate Open { get; } = new(AddressLimits.None, new NodeCounters(), TimeProvider.System);

    /// <summary>True if new recipients of an address are limited at all.</summary>
    public bool LimitsRecipients => limits.NewRecipients is not null;

    private TimeSpan Now => time.GetElapsedTime(0);

    /// <summary>A connection comes.</summary>
    /// <param name="address">From where.</param>
    /// <param name="mayTell">True if a client that is refused is told so.</param>
    /// <returns>Disposed when the connection has ended; null if it is refused.</returns>
    public IDisposable? Enter(IPAddress address, out bool mayTell)
    {
        mayTell = false;
        if (IsExempt(address))
            return Place.OfNobody;
        var key = AddressKey.Of(address);
        AddressVerdict verdict;
        lock (_gate)
        {
            verdict = _table.Enter(key, Now);
            if (verdict is AddressVerdict.TooMany or AddressVerdict.TooFast)
                mayTell = _table.MayTell(key, Now);
            CountForgotten();
        }

        if (verdict == AddressVerdict.Accept)
            return new Place(this, key);
        counters.Limited(verdict switch
        {
            AddressVerdict.TooMany => LimitKind.ConnectionsOfAddress,
            AddressVerdict.TooFast => LimitKind.ConnectsOfAddress,
            _ => LimitKind.AddressTableFull,
        });
        return null;
    }

    /// <summary>Says whether a login is checked at all. If it is not, this is counted.</summary>
    public bool MayLogIn(IPAddress address)
    {
        if (limits.FailedLogins is null || IsExempt(address))
            return true;
        lock (_gate)
        {
            if (_table.MayLogIn(AddressKey.Of(address), Now))
                return true;
        }

        counters.Limited(LimitKind.FailedLoginsOfAddress);
        return false;
    }

    /// <summary>A login failed.</summary>
    public void CountFailedLogin(IPAddress address)
    {
        if (limits.FailedLogins is null || IsExempt(address))
            return;
        lock (_gate)
        {
            _table.CountFailedLogin(AddressKey.Of(address), Now);
            CountForgotten();
        }
    }

    /// <summary>A connection sends to a recipient who is away, for the first time. Gives false if its address did so too often, and counts that.</summary>
    public bool TryBeginRecipient(IPAddress address)
    {
        if (limits.NewRecipients is null || IsExempt(address))
            return true;
        lock (_gate)
        {
            if (_table.TryBeginRecipient(AddressKey.Of(address), Now))
                return true;
        }

        counters.Limited(LimitKind.NewRecipientsOfAddress);
        return false;
    }

    private bool IsExempt(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        foreach (var network in limits.Exempt)
        {
            if (network.Contains(address))
                return true;
        }

        return false;
    }

    private void CountForgotten()
    {
        for (; _forgotten < _table.ForgottenEarly; _forgotten++)
            counters.Limited(LimitKind.AddressesForgotten);
    }

    private void Leave(AddressKey key)
    {
        lock (_gate)
            _table.Leave(key);
    }

    /// <summary>The place of one connection. It may be disposed more than once.</summary>
    private sealed class Place(AddressGate? gate, AddressKey key) : IDisposable
    {
        private AddressGate? _gate = gate;

        public static Place OfNobody { get; } = new(null, default);

        public void Dispose() => Interlocked.Exchange(ref _gate, null)?.Leave(key);
    }
}
