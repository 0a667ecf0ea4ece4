using System.Security.Cryptography;
using System.Text;
using NSec.Cryptography;

namespace ChatAkka.Authentication.Passwords;

/// <summary>Hashes and checks passwords with Argon2id.</summary>
/// <remarks>Any thread may call it. With the cost of OWASP, a hash takes about 25 ms of one core and 19 MiB outside of the managed heap. The bytes of a password are
/// the caller's, who can erase them.</remarks>
public sealed class PasswordHasher
{
    /// <summary>The longest password, in bytes of UTF-8.</summary>
    public const int MostBytes = 1024;

    private readonly HashCost _cost;
    private readonly StoredHash _nobody;

    /// <summary>Makes a hasher.</summary>
    /// <param name="cost">What new hashes cost.</param>
    public PasswordHasher(HashCost cost)
    {
        _cost = cost;
        _nobody = new StoredHash(cost, RandomNumberGenerator.GetBytes(StoredHash.SaltBytes), RandomNumberGenerator.GetBytes(StoredHash.HashBytes));
    }

    /// <summary>Hashes a password with a new salt.</summary>
    /// <param name="password">Valid UTF-8, 1 to <see cref="MostBytes"/> bytes.</param>
    /// <returns>The text that is stored.</returns>
    public string Hash(ReadOnlySpan<byte> password)
    {
        ArgumentOutOfRangeException.ThrowIfZero(password.Length, nameof(password));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(password.Length, MostBytes, nameof(password));
        var salt = RandomNumberGenerator.GetBytes(StoredHash.SaltBytes);
        return new StoredHash(_cost, salt, Derive(password, _cost, salt)).ToString();
    }

    /// <summary>Checks a password. It takes as long for an account that does not exist as for one that does.</summary>
    /// <param name="password">What the client gave.</param>
    /// <param name="stored">What <see cref="Hash"/> gave; null if there is no such account.</param>
    public PasswordVerdict Verify(ReadOnlySpan<byte> password, string? stored)
    {
        var known = stored is null ? null : StoredHash.TryParse(stored);
        var against = known ?? _nobody;
        var isRight = CryptographicOperations.FixedTimeEquals(Derive(password, against.Cost, against.Salt), against.Hash);
        if (known is null || !isRight || password.Length is 0 or > MostBytes)
            return PasswordVerdict.Wrong;
        return known.Cost == _cost ? PasswordVerdict.Right : PasswordVerdict.RightAndOutdated;
    }

    /// <summary>Keyboards write the same password in several forms, so it is hashed in one of them: NFC, as RFC 8265 says.</summary>
    private static byte[] Derive(ReadOnlySpan<byte> password, HashCost cost, byte[] salt)
    {
        var algorithm = PasswordBasedKeyDerivationAlgorithm.Argon2id(new Argon2Parameters
        {
            DegreeOfParallelism = 1,
            MemorySize = cost.MemoryKiB,
            NumberOfPasses = cost.Passes,
        });
        if (password.Length > MostBytes)
            password = password[..MostBytes];
        if (Ascii.IsValid(password))
            return algorithm.DeriveBytes(password, salt, StoredHash.HashBytes);
        // U+FFFE cannot be normalised. U+FFFD stands for it, as for bytes that are not UTF-8.
        var normal = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(password).Replace('\uFFFE', '\uFFFD').Normalize(NormalizationForm.FormC));
        try
        {
            return algorithm.DeriveBytes(normal, salt, StoredHash.HashBytes);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(normal);
        }
    }
}
