using System.Globalization;
using System.Text.RegularExpressions;

namespace ChatAkka.Authentication.Passwords;

/// <summary>A hash of a password as it is stored: the PHC string format, which names the algorithm, the cost, the salt and the hash.</summary>
/// <remarks><c>$argon2id$v=19$m=19456,t=2,p=1$SALT$HASH</c>, both in base64 without <c>=</c>.
/// https://github.com/P-H-C/phc-string-format/blob/master/phc-sf-spec.md</remarks>
/// <param name="Cost">What the hash costs.</param>
/// <param name="Salt">The salt.</param>
/// <param name="Hash">The hash.</param>
internal sealed partial record StoredHash(HashCost Cost, byte[] Salt, byte[] Hash)
{
    /// <summary>The length of the salt, in bytes.</summary>
    public const int SaltBytes = 16;

    /// <summary>The length of the hash, in bytes.</summary>
    public const int HashBytes = 32;

    /// <summary>Reads a stored text; null if it is none that this version wrote.</summary>
    public static StoredHash? TryParse(string text)
    {
        var match = Pattern().Match(text);
        if (!match.Success)
            return null;
        var memory = int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture);
        var passes = int.Parse(match.Groups[2].ValueSpan, CultureInfo.InvariantCulture);
        if (memory is < HashCost.LeastMemory or > HashCost.MostMemory || passes is < 1 or > HashCost.MostPasses)
            return null;
        var (salt, hash) = (Bytes(match.Groups[3].Value), Bytes(match.Groups[4].Value));
        return salt.Length == SaltBytes && hash.Length == HashBytes ? new StoredHash(new HashCost(memory, passes), salt, hash) : null;
    }

    /// <inheritdoc/>
    public override string ToString() => $"$argon2id$v=19${Cost}${Text(Salt)}${Text(Hash)}";

    private static string Text(byte[] bytes) => Convert.ToBase64String(bytes).TrimEnd('=');

    /// <summary>Reads base64 without <c>=</c>; gives nothing if it is none.</summary>
    private static byte[] Bytes(string text)
    {
        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text.PadRight((text.Length + 3) / 4 * 4, '='), bytes, out var count) ? bytes[..count] : [];
    }

    [GeneratedRegex(@"^\$argon2id\$v=19\$m=(\d{1,9}),t=(\d{1,9}),p=1\$([A-Za-z0-9+/]{1,64})\$([A-Za-z0-9+/]{1,128})\z")]
    private static partial Regex Pattern();
}
