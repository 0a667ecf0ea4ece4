using System.Security.Cryptography;

namespace ChatAkka.TestSupport;

/// <summary>Makes the secret that the members of a cluster share.</summary>
public static class TestCookie
{
    /// <summary>Makes a new one.</summary>
    public static string New() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));
}
