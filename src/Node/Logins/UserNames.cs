using ChatAkka.Authentication.Names;
using ChatAkka.Node.Connections;
using ChatAkka.Protocol;

namespace ChatAkka.Node.Logins;

/// <summary>Applies the policy for names to the names that clients give.</summary>
/// <param name="policy">The policy.</param>
internal sealed class UserNames(NamePolicy policy)
{
    /// <summary>Says whether a client may log in under a name, and which user that is.</summary>
    /// <param name="name">The name as the client wrote it.</param>
    /// <param name="grant">What the session depends on; null if it depends on nothing.</param>
    public LoginVerdict Check(UserName name, SessionGrant? grant = null)
    {
        var verdict = policy.Check(name.Text);
        if (!verdict.IsAllowed)
            return LoginVerdict.Refuse(ErrorCode.NameNotAllowed, verdict.Reason);
        if (ReferenceEquals(verdict.Compared, name.Text))
            return LoginVerdict.Accept(name, name, grant);

        // The compared form may have characters that a name may not have: a compatibility character may stand for a blank.
        return UserName.TryCreate(verdict.Compared!) is { } user
            ? LoginVerdict.Accept(user, name, grant)
            : LoginVerdict.Refuse(ErrorCode.NameNotAllowed, "this name has no form in which it can be compared with others");
    }

    /// <summary>Gives a name in the form in which names are compared.</summary>
    public UserName Compare(UserName name) =>
        policy.Compare(name.Text) is var compared && ReferenceEquals(compared, name.Text) ? name : UserName.TryCreate(compared) ?? name;

    /// <summary>Gives a name in the form in which names are compared. Bytes that are no name stay as they are.</summary>
    /// <param name="name">Valid UTF-8.</param>
    public ReadOnlySpan<byte> Compare(ReadOnlySpan<byte> name)
    {
        if (!policy.IsSafe || IsCompared(name) || UserName.TryCreate(name) is not { } user)
            return name;
        return Compare(user).Utf8;
    }

    private static bool IsCompared(ReadOnlySpan<byte> name)
    {
        foreach (var b in name)
        {
            if (b >= 0x80 || char.IsAsciiLetterUpper((char)b))
                return false;
        }

        return true;
    }
}
