namespace ChatAkka.Protocol.Accounts;

/// <summary>What became of an order to an account.</summary>
/// <remarks>The numbers are sent between nodes of different versions: never reuse one.</remarks>
public enum AccountResult : byte
{
    /// <summary>It is done and kept.</summary>
    Done = 0,

    /// <summary>There is no such account.</summary>
    Unknown = 1,

    /// <summary>The account exists already.</summary>
    Exists = 2,

    /// <summary>The account is as the order wants it, or the hash is another one than expected. Nothing changed.</summary>
    Unchanged = 3,

    /// <summary>This version does not know the order.</summary>
    NotUnderstood = 4,
}
