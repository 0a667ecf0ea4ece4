using System.Globalization;
using ChatAkka.Protocol;
using ChatAkka.Sessions;

namespace ChatAkka.Management.Chat;

/// <summary>Says in one sentence whether a user is logged in, or was in the time that the registry remembers.</summary>
internal static class Presence
{
    /// <summary>The registry has no list of all users. A user who did not log in for this long is as unknown to it as one who never did.</summary>
    private static readonly string s_memory = string.Create(CultureInfo.InvariantCulture, $"the last {SessionEventLog.EventsAge.TotalHours:0} hours");

    /// <summary>Describes a user.</summary>
    /// <param name="user">The user.</param>
    /// <param name="session">The session; null if there is none.</param>
    /// <param name="events">The last events of its sessions.</param>
    public static string Describe(UserName user, SessionRecord? session, IReadOnlyList<SessionEvent> events) =>
        session is not null ? $"{user.Text} is logged in on {session.Owner.Node.Address}"
        : events.Count > 0 ? $"{user.Text} is not logged in"
        : $"{user.Text} is not logged in, and was not in {s_memory}";

    /// <summary>Gives a hint if a message waits for a user of whom nothing is known, because the name may be wrong.</summary>
    /// <returns>The hint; null if the user is known, or if the registry does not answer: the message is stored in any case.</returns>
    public static async Task<string?> HintAsync(ISessionRegistry registry, UserName user)
    {
        try
        {
            return await registry.FindAsync(user).ConfigureAwait(false) is FindOutcome.NotFound
                && (await registry.EventsAsync(user).ConfigureAwait(false)).Count == 0
                ? $"nobody was logged in as {user.Text} in {s_memory}: the message waits for the next login under this name"
                : null;
        }
        catch (Exception e) when (RedisSessionRegistry.IsUnavailable(e))
        {
            return null;
        }
    }
}
