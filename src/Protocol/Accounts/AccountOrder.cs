namespace ChatAkka.Protocol.Accounts;

/// <summary>What an account is asked to do.</summary>
/// <remarks>The numbers are sent between nodes of different versions: never reuse one.</remarks>
public enum AccountOrder : byte
{
    /// <summary>Nothing: say what is known.</summary>
    Look = 0,

    /// <summary>Register the account with a hash.</summary>
    Register = 1,

    /// <summary>Take another hash in place of the present one.</summary>
    ChangePassword = 2,

    /// <summary>Take another hash of the same password, if the hash is still the expected one.</summary>
    UpgradeHash = 3,

    /// <summary>Let nobody log in.</summary>
    Disable = 4,

    /// <summary>Let the user log in again.</summary>
    Enable = 5,

    /// <summary>Remove the account. It can be registered again.</summary>
    Remove = 6,
}
