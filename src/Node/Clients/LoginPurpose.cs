namespace ChatAkka.Node.Clients;

/// <summary>Why the login policy is asked.</summary>
internal enum LoginPurpose
{
    /// <summary>The client logs in.</summary>
    LogIn,

    /// <summary>The client renews its session.</summary>
    Renew,

    /// <summary>The client registers an account.</summary>
    Register,
}
