using ChatAkka.Protocol.Internode;

namespace ChatAkka.Protocol.Accounts;

/// <summary>What an account says.</summary>
/// <param name="Result">What became of the order.</param>
/// <param name="Hash">The hash of the password; empty if there is no such account.</param>
/// <param name="IsDisabled">True if nobody may log in.</param>
/// <param name="Epoch">Grows with every change that ends sessions: a session that was opened in an earlier epoch must end. 0 if there never was such an account.</param>
public sealed record AccountAnswer(AccountResult Result, string Hash, bool IsDisabled, long Epoch) : InternodeMessage
{
    /// <summary>Shows no hash.</summary>
    public override string ToString() => $"{Result}{(IsDisabled ? ", disabled" : "")}";
}
