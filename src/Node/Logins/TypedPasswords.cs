namespace ChatAkka.Node.Logins;

/// <summary>When a person who types commands is asked for a password.</summary>
/// <param name="AtLogin">At <c>login NAME</c>.</param>
/// <param name="AtRegistration">At <c>register NAME</c>.</param>
internal readonly record struct TypedPasswords(bool AtLogin, bool AtRegistration)
{
    /// <summary>True if a person may be asked at all.</summary>
    public bool AreUsed => AtLogin || AtRegistration;
}
