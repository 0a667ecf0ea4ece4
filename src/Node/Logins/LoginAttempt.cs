namespace ChatAkka.Node.Logins;

/// <summary>A login with a password that is under way. <see cref="FailureDelays"/> makes it and is told how it ends.</summary>
/// <param name="account">Stands for the account.</param>
/// <param name="address">Stands for the address.</param>
/// <param name="wait">How long it must wait before it is checked.</param>
/// <param name="isSpaced">True if it waits behind the others of its address, because logins from there failed.</param>
internal sealed class LoginAttempt(string account, string address, TimeSpan wait, bool isSpaced)
{
    /// <summary>Stands for the account.</summary>
    public string Account => account;

    /// <summary>Stands for the address.</summary>
    public string Address => address;

    /// <summary>How long it must wait before it is checked.</summary>
    public TimeSpan Wait => wait;

    /// <summary>True if it waits behind the others of its address, because logins from there failed.</summary>
    public bool IsSpaced => isSpaced;

    /// <summary>True once its end was noted.</summary>
    public bool IsOver { get; set; }
}
