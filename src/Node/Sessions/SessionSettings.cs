using ChatAkka.Startup;

namespace ChatAkka.Node.Sessions;

/// <summary>Settings of sessions.</summary>
/// <param name="SecondLogin">What a second login of a user does.</param>
/// <param name="RetryInterval">The pause before a failed request to Redis is repeated that must succeed in the end.</param>
/// <param name="AttendInterval">The time between two signs of life of this node in the registry. With each of them, a part of the sessions is
/// compared with the registry.</param>
/// <param name="ClaimsAtOnce">How many logins ask the registry at a time. The others wait in order.</param>
/// <param name="RestoresAtOnce">How many sessions are claimed again at a time. The others wait, so that logins get through.</param>
internal sealed record SessionSettings(
    SecondLogin SecondLogin, TimeSpan RetryInterval, TimeSpan AttendInterval, int ClaimsAtOnce = 64, int RestoresAtOnce = 64)
{
    /// <summary>The pause before a failed request to Redis is repeated that must succeed in the end.</summary>
    public TimeSpan RetryInterval { get; } = Positive(RetryInterval, nameof(RetryInterval));

    /// <summary>The time between two signs of life of this node in the registry.</summary>
    public TimeSpan AttendInterval { get; } = Positive(AttendInterval, nameof(AttendInterval));

    /// <summary>Reads <c>chat.session</c>.</summary>
    public static SessionSettings Create(ConfigReader reader) => new(
        reader.Choice("chat.session.second-login", "replace", "refuse") == "replace" ? SecondLogin.Replace : SecondLogin.Refuse,
        reader.Duration("chat.session.retry-interval", TimeSpan.FromMilliseconds(50), TimeSpan.FromMinutes(1)),
        reader.Duration("chat.session.attend-interval", TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(1)));

    private static TimeSpan Positive(TimeSpan value, string name)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(value, TimeSpan.Zero, name);
        return value;
    }
}
