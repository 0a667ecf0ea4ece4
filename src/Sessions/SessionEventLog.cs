using System.Globalization;
using ChatAkka.Protocol;
using StackExchange.Redis;

namespace ChatAkka.Sessions;

/// <summary>The last events of each user's sessions in Redis, for operators.</summary>
/// <param name="redis">An open connection. It may lose its server and reconnect at any time.</param>
/// <param name="keys">Names of the keys.</param>
/// <param name="age">How long the events of a user are kept after the last one, in whole seconds; null if none are written.</param>
public sealed class SessionEventLog(IConnectionMultiplexer redis, RedisKeys keys, TimeSpan? age)
{
    /// <summary>How many events of each user's sessions are kept.</summary>
    public const int EventsKept = 8;

    /// <summary>How long the events of a user are kept after the last one; null if none are written.</summary>
    public TimeSpan? Age => age;

    /// <summary>Writes an event for operators without waiting for the answer, so no login becomes slower or fails because of it.</summary>
    public void Note(UserName user, string what, string details)
    {
        if (age is not { } kept)
            return;
        var line = string.Create(CultureInfo.InvariantCulture, $"{TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds()} {what} {details}");
        try
        {
            redis.GetDatabase().ScriptEvaluate(
                RedisScripts.NoteEvent, [keys.Events(user)], [line, EventsKept, (long)kept.TotalSeconds], CommandFlags.FireAndForget);
        }
        catch (Exception e) when (RedisSessionRegistry.IsUnavailable(e))
        {
            // Events are only for operators, so writing one is not retried.
        }
    }

    /// <summary>Reads the events of a user, the latest first.</summary>
    public async Task<IReadOnlyList<SessionEvent>> ReadAsync(UserName user)
    {
        var lines = await redis.GetDatabase().ListRangeAsync(keys.Events(user), flags: RedisConnector.PrimaryOnly).ConfigureAwait(false);
        return
        [
            .. lines.Select(l => l.ToString().Split(' ', 3))
                .Where(p => p.Length == 3 && long.TryParse(p[0], NumberStyles.None, CultureInfo.InvariantCulture, out _))
                .Select(p => new SessionEvent(long.Parse(p[0], CultureInfo.InvariantCulture), p[1], p[2])),
        ];
    }
}
