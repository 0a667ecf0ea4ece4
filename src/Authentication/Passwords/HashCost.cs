using System.Globalization;

namespace ChatAkka.Authentication.Passwords;

/// <summary>What a hash of a password costs (Argon2id, RFC 9106). One lane is used.</summary>
public sealed record HashCost
{
    /// <summary>What OWASP recommends first for Argon2id with one lane: 19 MiB and 2 passes. https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html</summary>
    public static readonly HashCost Owasp = new(19 * 1024, 2);

    /// <summary>The least and the most memory, in KiB. The upper bound keeps a hash that somebody put into the store from using up this machine.</summary>
    public const int LeastMemory = 1024, MostMemory = 1024 * 1024;

    /// <summary>The largest number of passes.</summary>
    public const int MostPasses = 64;

    /// <summary>Checks and keeps the values.</summary>
    /// <param name="memoryKiB">Memory, in KiB.</param>
    /// <param name="passes">Passes over the memory.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is not in its range.</exception>
    public HashCost(int memoryKiB, int passes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(memoryKiB, LeastMemory);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(memoryKiB, MostMemory);
        ArgumentOutOfRangeException.ThrowIfLessThan(passes, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(passes, MostPasses);
        (MemoryKiB, Passes) = (memoryKiB, passes);
    }

    /// <summary>Memory, in KiB.</summary>
    public int MemoryKiB { get; }

    /// <summary>Passes over the memory.</summary>
    public int Passes { get; }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"m={MemoryKiB},t={Passes},p=1");
}
