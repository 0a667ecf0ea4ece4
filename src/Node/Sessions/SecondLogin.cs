namespace ChatAkka.Node.Sessions;

/// <summary>What happens when a user logs in who is logged in already.</summary>
internal enum SecondLogin
{
    /// <summary>The second login wins; the first connection is told and closed.</summary>
    Replace,

    /// <summary>The second login is refused.</summary>
    Refuse,
}
