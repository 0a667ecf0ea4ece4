using System.Net;
using System.Net.Sockets;
using ChatAkka.Protocol;

namespace ChatAkka.Node.Logins;

/// <summary>Makes logins wait after failures, longer with each: for an account, and for an address. Any thread may call it.</summary>
/// <remarks>
/// A login under way counts for its account as if it had failed, until it is known. So many connections at once guess no faster than one after the other.
/// Logins from one address may be many at once, because many people may share it. Only when some have failed they wait one behind the other, and those that were let
/// through before are asked for again right before their check (<see cref="MayBeChecked"/>). Of addresses of version 6, the first 64 bits count. The number of accounts and
/// addresses that are remembered is bounded: the one that failed first is forgotten first.
/// </remarks>
/// <param name="accounts">How long the waits of an account are.</param>
/// <param name="addresses">How long the waits of an address are.</param>
/// <param name="mostRemembered">The most accounts and addresses that are remembered.</param>
/// <param name="time">The clock.</param>
internal sealed class FailureDelays(DelayPolicy accounts, DelayPolicy addresses, int mostRemembered, TimeProvider time)
{
    /// <summary>The most accounts and addresses that a node remembers.</summary>
    public const int Standard = 50_000;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, FailureCount> _counts = new(StringComparer.Ordinal);
    private readonly Queue<(string Key, long Failed)> _order = new();
    private long _failures;

    /// <summary>The number of logins that failed since the start of this node.</summary>
    public long Failures => Interlocked.Read(ref _failures);

    /// <summary>Begins an attempt to log in.</summary>
    /// <returns>The attempt; null if it would have to wait too long.</returns>
    public LoginAttempt? Begin(UserName user, IPAddress address)
    {
        var attempted = (Account: KeyOf(user), Address: KeyOf(address));
        lock (_lock)
        {
            var now = time.GetTimestamp();
            var (account, from) = (Find(attempted.Account, accounts), Find(attempted.Address, addresses));
            var isSpaced = from is not null && from.Failures >= addresses.Free;
            var wait = Max(account?.WaitAt(now, time) ?? TimeSpan.Zero, isSpaced ? from!.WaitAt(now, time) : TimeSpan.Zero);
            if (wait > accounts.Longest)
                return null;
            var starts = now + Ticks(wait);
            account ??= Add(attempted.Account, accounts);
            account.Begin(starts + Ticks(accounts.WaitAfter(account.Expected + 1)));
            if (isSpaced)
                from!.Begin(starts + Ticks(addresses.WaitAfter(from.Expected + 1)));
            return new LoginAttempt(attempted.Account, attempted.Address, wait, isSpaced);
        }
    }

    /// <summary>True if an attempt may be checked now; false if too many others from its address have failed since it began. Ask right before the check.</summary>
    public bool MayBeChecked(LoginAttempt attempt)
    {
        lock (_lock)
            return attempt.IsSpaced || Find(attempt.Address, addresses) is not { } from || from.Failures <= addresses.Free;
    }

    /// <summary>Ends an attempt. Only the first call for it counts.</summary>
    public void End(LoginAttempt attempt, AttemptResult result)
    {
        lock (_lock)
        {
            if (attempt.IsOver)
                return;
            attempt.IsOver = true;
            _counts.GetValueOrDefault(attempt.Account)?.End();
            if (attempt.IsSpaced)
                _counts.GetValueOrDefault(attempt.Address)?.End();
            if (result == AttemptResult.Failed)
            {
                Interlocked.Increment(ref _failures);
                Note(attempt.Account, accounts);
                Note(attempt.Address, addresses);
            }
            else if (result == AttemptResult.Succeeded)
            {
                // The failures of the address stay, or a guesser could clear them with an account of its own.
                _counts.GetValueOrDefault(attempt.Account)?.Clear(time.GetTimestamp());
            }

            if (_counts.TryGetValue(attempt.Account, out var account) && account.IsEmpty)
                _counts.Remove(attempt.Account);
        }
    }

    /// <summary>Gives the accounts and addresses for which logins wait, those with the most failures first.</summary>
    public IReadOnlyList<(string Who, bool IsAddress, int Failures, TimeSpan Wait)> Delayed()
    {
        lock (_lock)
        {
            var now = time.GetTimestamp();
            return
            [
                .. _counts.Where(c => PolicyOf(c.Key).WaitAfter(c.Value.Failures) > TimeSpan.Zero && !IsOver(c.Value, PolicyOf(c.Key)))
                    .OrderByDescending(c => c.Value.Failures).ThenBy(c => c.Key, StringComparer.Ordinal)
                    .Select(c => (c.Key[1..], c.Key[0] == 'a', c.Value.Failures, c.Value.WaitAt(now, time))),
            ];
        }
    }

    /// <summary>Gives what stands for an address: the whole of it, or the first 64 bits of one of version 6.</summary>
    internal static string KeyOf(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        if (address.AddressFamily != AddressFamily.InterNetworkV6)
            return "a" + address;
        var bytes = address.GetAddressBytes();
        bytes.AsSpan(8).Clear();
        return $"a{new IPAddress(bytes)}/64";
    }

    private static string KeyOf(UserName user) => "u" + user.Text;

    private static TimeSpan Max(TimeSpan a, TimeSpan b) => a > b ? a : b;

    private DelayPolicy PolicyOf(string key) => key[0] == 'a' ? addresses : accounts;

    private long Ticks(TimeSpan span) => (long)(span.TotalSeconds * time.TimestampFrequency);

    private FailureCount? Find(string key, DelayPolicy policy)
    {
        if (!_counts.TryGetValue(key, out var count))
            return null;
        if (!IsOver(count, policy))
            return count;
        _counts.Remove(key);
        return null;
    }

    private FailureCount Add(string key, DelayPolicy policy)
    {
        if (Find(key, policy) is { } known)
            return known;
        var count = new FailureCount(time.GetTimestamp());
        _counts.Add(key, count);
        return count;
    }

    private bool IsOver(FailureCount count, DelayPolicy policy) => count.IsIdle && time.GetElapsedTime(count.LastFailure) >= policy.Remembered;

    private void Note(string key, DelayPolicy policy)
    {
        var now = time.GetTimestamp();
        var count = Add(key, policy);
        count.Fail(now, now + Ticks(policy.WaitAfter(count.Failures + 1)));
        _order.Enqueue((key, now));
        while ((_counts.Count > mostRemembered || _order.Count > 2 * mostRemembered) && _order.TryDequeue(out var first))
        {
            if (_counts.TryGetValue(first.Key, out var old) && old.LastFailure == first.Failed)
                _counts.Remove(first.Key);
        }
    }
}
