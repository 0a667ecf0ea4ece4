using System.Net;

namespace ChatAkka.Node.Logins;

/// <summary>Bounds how many accounts are registered from one address in an hour. Any thread may call it.</summary>
/// <param name="perHour">How many.</param>
/// <param name="time">The clock.</param>
internal sealed class RegistrationQuota(int perHour, TimeProvider time)
{
    /// <summary>The most addresses in an hour. Beyond that, nobody else may register until the hour is over: whoever has that many must not use up the memory.</summary>
    public const int MostAddresses = 50_000;

    private static readonly TimeSpan s_window = TimeSpan.FromHours(1);
    private readonly Lock _lock = new();
    private Dictionary<string, int> _taken = new(StringComparer.Ordinal);
    private long _began = time.GetTimestamp();

    /// <summary>Takes one; false if the address has none left in this hour.</summary>
    public bool TryTake(IPAddress address)
    {
        lock (_lock)
        {
            if (time.GetElapsedTime(_began) >= s_window)
                (_taken, _began) = (new(StringComparer.Ordinal), time.GetTimestamp());
            var key = FailureDelays.KeyOf(address);
            var taken = _taken.GetValueOrDefault(key);
            if (taken >= perHour || (taken == 0 && _taken.Count >= MostAddresses))
                return false;
            _taken[key] = taken + 1;
            return true;
        }
    }
}
