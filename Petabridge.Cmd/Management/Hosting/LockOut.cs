using System.Net;

namespace ChatAkka.Management.Hosting;

/// <summary>Addresses from which wrong tokens came.</summary>
/// <remarks>Not thread-safe. Bounded: the one that failed longest ago is forgotten first.</remarks>
/// <param name="after">After this many wrong tokens an address is locked out.</param>
/// <param name="duration">How long it is locked out, from the last wrong token on.</param>
/// <param name="time">The clock.</param>
internal sealed class LockOut(int after, TimeSpan duration, TimeProvider time)
{
    /// <summary>The most addresses that are remembered.</summary>
    public const int MostAddresses = 1024;

    private readonly Dictionary<IPAddress, (int Count, long Last)> _failures = [];

    /// <summary>True if an address is locked out now.</summary>
    public bool IsLocked(IPAddress address)
    {
        if (!_failures.TryGetValue(address, out var failed))
            return false;
        if (time.GetElapsedTime(failed.Last) < duration)
            return failed.Count >= after;
        _failures.Remove(address);
        return false;
    }

    /// <summary>A wrong token came.</summary>
    public void Failed(IPAddress address)
    {
        if (_failures.Count >= MostAddresses && !_failures.ContainsKey(address))
            _failures.Remove(_failures.MinBy(f => f.Value.Last).Key);
        _failures[address] = (_failures.GetValueOrDefault(address).Count + 1, time.GetTimestamp());
    }

    /// <summary>The right token came.</summary>
    public void Succeeded(IPAddress address) => _failures.Remove(address);
}
