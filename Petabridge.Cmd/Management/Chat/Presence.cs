using System.Globalization;
using ChatAkka.Protocol;
using ChatAkka.Sessions;

namespace ChatAkka.Management.Chat;

/// <summary>Says in one sentence whether a user is logged in, or was in the time that the registry remembers.</summary>
/// <remarks>The registry has no list of all users. A user who did not log in for that time is as unknown to it as one who never did.</remarks>
internal static class Presence
{
    /// <summary>Describes a user.</summary>
    /// <param name="user">The user.</param>
    /// <param name="session">The session; null if there is none.</param>
    /// <param name="events">The last events of its sessions.</param>
    /// <param name="memory">How long the registry remembers events; null if it keeps none.</param>
    public static string Describe(UserName user, SessionRecord? session, IReadOnlyList<SessionEvent> events, TimeSpan? memory) =>
        session is not null ? $"{user.Text} is logged in on {session.Owner.Node.Address}"
        : events.Count > 0 ? $"{user.Text} is not logged in"
        : memory is { } age ? $"{user.Text} is not logged in, and was not in {Last(age)}"
        : $"{user.Text} is not logged in; earlier sessions are not recorded (chat.redis.session-history = off)";

    /// <summary>Gives a hint if a message waits for a user of whom nothing is known, because the name may be wrong.</summary>
    /// <returns>The hint; null if the user is known, if the registry keeps no events, or if it does not answer: the message is stored in any case.</returns>
    public static async Task<string?> HintAsync(ISessionRegistry registry, UserName user)
    {
        if (registry.EventsAge is not { } age)
            return null;
        try
        {
            return await registry.FindAsync(user).ConfigureAwait(false) is FindOutcome.NotFound
                && (await registry.EventsAsync(user).ConfigureAwait(false)).Count == 0
                ? $"nobody was logged in as {user.Text} in {Last(age)}: the message waits for the next login under this name"
                : null;
        }
        catch (Exception e) when (RedisSessionRegistry.IsUnavailable(e))
        {
            return null;
        }
    }

    /// <summary>Names the time in the largest unit of which it has at least two.</summary>
    private static string Last(TimeSpan age)
    {
        var (count, unit) = age switch
        {
            { TotalDays: >= 2 } => (age.TotalDays, "days"),
            { TotalHours: >= 2 } => (age.TotalHours, "hours"),
            { TotalMinutes: >= 2 } => (age.TotalMinutes, "minutes"),
            _ => (age.TotalSeconds, "seconds"),
        };
        return string.Create(CultureInfo.InvariantCulture, $"the last {count:0.#} {unit}");
    }
}
