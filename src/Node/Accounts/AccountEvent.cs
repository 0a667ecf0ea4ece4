namespace ChatAkka.Node.Accounts;

/// <summary>What happened to an account.</summary>
internal abstract record AccountEvent
{
    private AccountEvent()
    {
    }

    /// <summary>True if sessions that were opened before it must end.</summary>
    public bool EndsSessions => this is Registered or PasswordChanged or Disabled or Removed;

    /// <summary>Shows no hash.</summary>
    public sealed override string ToString() => GetType().Name;

    /// <summary>The account was registered.</summary>
    /// <param name="Hash">The hash of its password, in the PHC string format.</param>
    public sealed record Registered(string Hash) : AccountEvent;

    /// <summary>The user has another password.</summary>
    /// <param name="Hash">Its hash.</param>
    public sealed record PasswordChanged(string Hash) : AccountEvent;

    /// <summary>The same password was hashed again at another cost.</summary>
    /// <param name="Hash">The new hash.</param>
    public sealed record HashUpgraded(string Hash) : AccountEvent;

    /// <summary>Nobody may log in any more.</summary>
    public sealed record Disabled : AccountEvent;

    /// <summary>The user may log in again.</summary>
    public sealed record Enabled : AccountEvent;

    /// <summary>The account was removed.</summary>
    public sealed record Removed : AccountEvent;
}
