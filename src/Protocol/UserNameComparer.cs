namespace ChatAkka.Protocol;

/// <summary>Compares user names, and finds them by the UTF-8 bytes of a line that was just read, without making a string.</summary>
public sealed class UserNameComparer : IEqualityComparer<UserName>, IAlternateEqualityComparer<ReadOnlySpan<byte>, UserName>
{
    /// <summary>The one instance.</summary>
    public static readonly UserNameComparer Instance = new();

    private UserNameComparer()
    {
    }

    /// <inheritdoc/>
    public bool Equals(UserName? x, UserName? y) => x is null ? y is null : x.Equals(y);

    /// <inheritdoc/>
    public int GetHashCode(UserName obj) => obj.GetHashCode();

    /// <inheritdoc/>
    public bool Equals(ReadOnlySpan<byte> alternate, UserName other) => alternate.SequenceEqual(other.Utf8);

    /// <inheritdoc/>
    public int GetHashCode(ReadOnlySpan<byte> alternate) => UserName.Hash(alternate);

    /// <summary>Makes a name of bytes that already were checked.</summary>
    /// <exception cref="ArgumentException">The bytes are no valid name.</exception>
    public UserName Create(ReadOnlySpan<byte> alternate) =>
        UserName.TryCreate(alternate) ?? throw new ArgumentException("not a user name", nameof(alternate));
}
