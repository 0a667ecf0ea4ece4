using System.Net;
using System.Net.Sockets;
using ChatAkka.Protocol;

namespace ChatAkka.Node.Logins;

/// <summary>Makes logins wait after failures, longer with each: for an account, and for an address. Any thread may call it.</summary>
/// <remarks>The waits of one account, or of one address, are one after the other. So many connections guess no faster than one. Of addresses of version 6, the first 64 bits
/// count. The number of accounts and addresses that are remembered is bounded: the one that failed first is forgotten first.</remarks>
/// <param name="policy">How long the waits are.</param>
/// <param name="time">The clock.</param>
internal sealed class FailureDelays(DelayPolicy policy, TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);
    private readonly Queue<(string Key, long Failed)> _order = new();
    private long _failures;

    /// <summary>The number of logins that failed since the start of this node.</summary>
    public long Failures => Interlocked.Read(ref _failures);

    /// <summary>The number of accounts and addresses for which logins wait.</summary>
    public int Delayed
    {
        get
        {
            lock (_lock)
                return _entries.Values.Count(e => policy.WaitAfter(e.Failures) > TimeSpan.Zero && !IsOver(e));
        }
    }

    /// <summary>Says how long a login has to wait before it is checked; null if it would be too long, so that it is refused.</summary>
    public TimeSpan? Wait(UserName user, IPAddress address)
    {
        lock (_lock)
        {
            var now = time.GetTimestamp();
            var (account, from) = (Find(KeyOf(user)), Find(KeyOf(address)));
            var wait = Max(WaitOf(account, now), WaitOf(from, now));
            if (wait > policy.Longest)
                return null;
            var starts = now + (long)(wait.TotalSeconds * time.TimestampFrequency);
            Reserve(account, starts);
            Reserve(from, starts);
            return wait;
        }
    }

    /// <summary>A login failed.</summary>
    public void Failed(UserName user, IPAddress address)
    {
        Interlocked.Increment(ref _failures);
        lock (_lock)
        {
            Note(KeyOf(user));
            Note(KeyOf(address));
        }
    }

    /// <summary>A login succeeded: the account has no failures any more. Those of the address stay, or a guesser could clear them with an account of its own.</summary>
    public void Succeeded(UserName user)
    {
        lock (_lock)
            _entries.Remove(KeyOf(user));
    }

    private static string KeyOf(UserName user) => "u" + user.Text;

    /// <summary>Gives what stands for an address: the whole of it, or the first 64 bits of one of version 6.</summary>
    internal static string KeyOf(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        return "a" + (address.AddressFamily == AddressFamily.InterNetworkV6 ? Convert.ToHexString(address.GetAddressBytes().AsSpan(0, 8)) : address.ToString());
    }

    private Entry? Find(string key)
    {
        if (!_entries.TryGetValue(key, out var entry))
            return null;
        if (!IsOver(entry))
            return entry;
        _entries.Remove(key);
        return null;
    }

    private bool IsOver(Entry entry) => time.GetElapsedTime(entry.LastFailure) >= policy.Remembered;

    private TimeSpan WaitOf(Entry? entry, long now) => entry is null || entry.FreeAt <= now ? TimeSpan.Zero : time.GetElapsedTime(now, entry.FreeAt);

    private void Reserve(Entry? entry, long starts)
    {
        if (entry is not null)
            entry.FreeAt = starts + (long)(policy.WaitAfter(entry.Failures).TotalSeconds * time.TimestampFrequency);
    }

    private void Note(string key)
    {
        var now = time.GetTimestamp();
        if (Find(key) is not { } entry)
        {
            entry = new Entry { FreeAt = now };
            _entries.Add(key, entry);
        }

        entry.Failures++;
        entry.LastFailure = now;
        entry.FreeAt = Math.Max(entry.FreeAt, now + (long)(policy.WaitAfter(entry.Failures).TotalSeconds * time.TimestampFrequency));
        _order.Enqueue((key, now));
        while (_entries.Count > policy.MostRemembered || _order.Count > 2 * policy.MostRemembered)
        {
            var (old, failed) = _order.Dequeue();
            if (_entries.TryGetValue(old, out var oldest) && oldest.LastFailure == failed)
                _entries.Remove(old);
        }
    }

    private static TimeSpan Max(TimeSpan a, TimeSpan b) => a > b ? a : b;

    private sealed class Entry
    {
        public int Failures { get; set; }

        public long LastFailure { get; set; }

        public long FreeAt { get; set; }
    }
}
