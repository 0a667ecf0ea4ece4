using Akka.Actor.Setup;
using ChatAkka.Runtime.Tls;

namespace ChatAkka.Runtime.Proof;

/// <summary>What the members of a cluster prove to each other, for <see cref="SocketRemoteTransport"/>. An actor system without it proves nothing.</summary>
/// <remarks>It is a setup, and not a part of the configuration of the actor system, so that nobody sees the cookie who sees that.</remarks>
public sealed class MemberSecurity : Setup
{
    /// <summary>The cookies as text; null if they come from <see cref="CookieFile"/>, or if there are none.</summary>
    public string? CookieText { get; init; }

    /// <summary>The file with the cookies; null if there is none. It is read again when it changes.</summary>
    public string? CookieFile { get; init; }

    /// <summary>The files for TLS between members; null if they do not speak TLS.</summary>
    public MemberTlsFiles? Tls { get; init; }

    /// <summary>True while a cluster is changed to a cookie or to TLS: members that know nothing of it are taken, and dialled, too.</summary>
    public bool IsTransition { get; init; }

    /// <summary>True if members prove a cookie.</summary>
    public bool HasCookie => CookieText is not null || CookieFile is not null;

    /// <summary>Reads the cookies.</summary>
    /// <returns>The cookies; none if this member has none.</returns>
    /// <exception cref="FileProblemException">They cannot be used.</exception>
    public IReadOnlyList<Cookie> ReadCookies()
    {
        try
        {
            return CookieFile is not null ? Cookie.ReadAll(File.ReadAllText(CookieFile)) : CookieText is not null ? Cookie.ReadAll(CookieText) : [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new FileProblemException("chat.cluster.cookie-file", $"cannot be read: {e.Message}");
        }
        catch (FormatException e)
        {
            throw new FileProblemException(CookieFile is null ? "chat.cluster.cookie" : "chat.cluster.cookie-file", e.Message);
        }
    }
}
