namespace ChatAkka.Node.Logins;

/// <summary>How an attempt to log in with a password ended.</summary>
internal enum AttemptResult
{
    /// <summary>It was not checked.</summary>
    Undecided,

    /// <summary>The password was wrong, or nobody may log in with it.</summary>
    Failed,

    /// <summary>The password was right.</summary>
    Succeeded,
}
