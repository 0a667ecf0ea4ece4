namespace ChatAkka.Protocol;

/// <summary>Compares user names. It can also look up a name by its UTF-8 bytes, without making a string.</summary>
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

    /// <summary>Makes a name from bytes that were checked before.</summary>
    /// <exception cref="ArgumentException">The bytes are not a valid name.</exception>
    public UserName Create(ReadOnlySpan<byte> alternate) =>
        UserName.TryCreate(alternate) ?? throw new ArgumentException("not a user name", nameof(alternate));
}
