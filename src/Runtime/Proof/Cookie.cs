using System.Security.Cryptography;
using System.Text;

namespace ChatAkka.Runtime.Proof;

/// <summary>The secret that the members of one cluster share, <c>chat.cluster.cookie</c>. Its text is never shown.</summary>
public sealed class Cookie
{
    /// <summary>Length of <see cref="Id"/> in bytes.</summary>
    internal const int IdBytes = 8;

    /// <summary>The length of 32 bytes in base64, without padding.</summary>
    private const int FewestCharacters = 43;

    /// <summary>A text with fewer different characters is no random one.</summary>
    private const int FewestDifferent = 10;

    /// <summary>The most cookies at a time: two during a change.</summary>
    private const int Most = 4;

    private readonly byte[] _key;

    private Cookie(string text)
    {
        var secret = Encoding.UTF8.GetBytes(text);
        _key = HMACSHA256.HashData(secret, "chatakka member key 1"u8);
        Id = HMACSHA256.HashData(secret, "chatakka member id 1"u8)[..IdBytes];
    }

    private Cookie(byte[] key, byte[] id) => (_key, Id) = (key, id);

    /// <summary>What stands for no cookie: it proves nothing. TLS alone may protect a connection.</summary>
    internal static Cookie None { get; } = new(new byte[32], new byte[IdBytes]);

    /// <summary>Says which cookie it is, and nothing about its text.</summary>
    internal byte[] Id { get; }

    /// <summary>Reads cookies that are separated by white space: one, or several during a change.</summary>
    /// <param name="text">The text.</param>
    /// <exception cref="FormatException">It has none, too many, or one that can be guessed.</exception>
    public static IReadOnlyList<Cookie> ReadAll(string text)
    {
        var parts = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length is 0 or > Most)
            throw new FormatException($"has {parts.Length} cookies, expected 1 to {Most}, separated by white space");
        if (parts.FirstOrDefault(p => p.Length < FewestCharacters || p.Distinct().Count() < FewestDifferent) is { } weak)
        {
            throw new FormatException(
                $"has a cookie of {weak.Length} characters that can be guessed: it needs 32 random bytes, which are at least {FewestCharacters} characters. openssl rand -base64 32 makes one");
        }

        return [.. parts.Select(p => new Cookie(p))];
    }

    /// <summary>The proof of who has this cookie.</summary>
    /// <param name="label">Which side proves it.</param>
    /// <param name="hello">The first message of the connection.</param>
    /// <param name="challenge">The answer, as far as it is there.</param>
    internal byte[] Mac(ReadOnlySpan<byte> label, ReadOnlySpan<byte> hello, ReadOnlySpan<byte> challenge)
    {
        using var mac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, _key);
        mac.AppendData(label);
        mac.AppendData(hello);
        mac.AppendData(challenge);
        return mac.GetHashAndReset();
    }
}
