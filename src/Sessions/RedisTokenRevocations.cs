using System.Globalization;
using StackExchange.Redis;

namespace ChatAkka.Sessions;

/// <summary>Revoked tokens in Redis: one hash, which expires with its last entry.</summary>
/// <remarks>The field <c>v</c> is the version, which is another one after every change. <c>t:ID</c> is a token, with the time until when it is kept. <c>u:NAME</c> is a
/// user, with the time up to which tokens are revoked before it. <c>a:NAME</c> is an account, with its epoch and <c>c</c> (closed) or <c>p</c> (another password) before it.
/// The larger of two numbers at the beginning stays. Times are milliseconds since 1970, UTC.</remarks>
/// <param name="redis">An open connection.</param>
/// <param name="keys">Names of the keys.</param>
/// <param name="time">The clock.</param>
public sealed class RedisTokenRevocations(IConnectionMultiplexer redis, RedisKeys keys, TimeProvider time) : ITokenRevocations
{
    private const string Version = "v";
    private const string TokenPrefix = "t:";
    private const string UserPrefix = "u:";
    private const string AccountPrefix = "a:";

    private IDatabase Db => redis.GetDatabase();

    /// <inheritdoc/>
    public async Task<RevocationsOutcome> LookAsync(string? known)
    {
        try
        {
            var version = (string?)await Db.HashGetAsync(keys.Revoked, Version, RedisConnector.PrimaryOnly).ConfigureAwait(false) ?? "";
            if (version == known)
                return new RevocationsOutcome.Unchanged();
            var all = await Db.HashGetAllAsync(keys.Revoked, RedisConnector.PrimaryOnly).ConfigureAwait(false);
            version = (string?)all.FirstOrDefault(e => e.Name == Version).Value ?? "";
            return new RevocationsOutcome.Known(version, [.. all.Select(e => Read((string)e.Name!, (string)e.Value!)).OfType<TokenRevocation>()]);
        }
        catch (Exception e) when (RedisSessionRegistry.IsUnavailable(e))
        {
            return new RevocationsOutcome.Unavailable(e.Message);
        }
    }

    /// <inheritdoc/>
    public async Task<bool> RevokeAsync(TokenRevocation revocation)
    {
        var until = Text(revocation.Until);
        var (field, value) = revocation switch
        {
            TokenRevocation.Token t => (TokenPrefix + t.Id, until),
            TokenRevocation.User u => (UserPrefix + u.Name, Text(u.Before) + " " + until),
            TokenRevocation.Account a => (AccountPrefix + a.Name, string.Create(CultureInfo.InvariantCulture, $"{a.Epoch} {(a.IsClosed ? "c" : "p")} {until}")),
            _ => throw new ArgumentException("unknown revocation", nameof(revocation)),
        };
        try
        {
            await Db.ScriptEvaluateAsync(
                RedisScripts.Revoke,
                [keys.Revoked],
                [field, value, until, Text(time.GetUtcNow()), Guid.NewGuid().ToString("N")],
                RedisConnector.PrimaryOnly).ConfigureAwait(false);
            return true;
        }
        catch (Exception e) when (RedisSessionRegistry.IsUnavailable(e))
        {
            return false;
        }
    }

    /// <summary>Reads one entry; null if it is no revocation, or one that this version does not know.</summary>
    private static TokenRevocation? Read(string field, string value)
    {
        var parts = value.Split(' ');
        if (field.StartsWith(TokenPrefix, StringComparison.Ordinal) && parts.Length == 1 && Time(parts[0]) is { } until)
            return new TokenRevocation.Token(field[TokenPrefix.Length..], until);
        if (field.StartsWith(AccountPrefix, StringComparison.Ordinal) && parts is [_, "c" or "p", _] && Time(parts[2]) is { } last
            && long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var epoch))
            return new TokenRevocation.Account(field[AccountPrefix.Length..], epoch, parts[1] == "c", last);
        return field.StartsWith(UserPrefix, StringComparison.Ordinal) && parts.Length == 2 && Time(parts[0]) is { } before && Time(parts[1]) is { } kept
            ? new TokenRevocation.User(field[UserPrefix.Length..], before, kept)
            : null;
    }

    private static string Text(DateTimeOffset time) => time.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);

    // Fourteen digits reach to the year 5138, and no such number is out of the range of a date.
    private static DateTimeOffset? Time(string text) =>
        text.Length <= 14 && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var ms) ? DateTimeOffset.FromUnixTimeMilliseconds(ms) : null;
}
