namespace ChatAkka.Authentication.Passwords;

/// <summary>What a check of a password says.</summary>
public enum PasswordVerdict
{
    /// <summary>It is another password, or the stored hash cannot be read.</summary>
    Wrong,

    /// <summary>It is the password.</summary>
    Right,

    /// <summary>It is the password, and its hash was made at another cost than the one of the settings. It should be hashed again.</summary>
    RightAndOutdated,
}
