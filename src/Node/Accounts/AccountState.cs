using ChatAkka.Protocol.Accounts;

namespace ChatAkka.Node.Accounts;

/// <summary>An account: decides about orders, and is made of what happened. Pure.</summary>
/// <param name="Hash">The hash of the password; empty if there is no such account.</param>
/// <param name="IsDisabled">True if nobody may log in.</param>
internal sealed record AccountState(string Hash, bool IsDisabled)
{
    /// <summary>No account.</summary>
    public static AccountState None { get; } = new("", false);

    /// <summary>True if there is such an account.</summary>
    public bool Exists => Hash.Length > 0;

    /// <summary>Decides about an order.</summary>
    /// <returns>What becomes of it, and what happens then; null if nothing changes.</returns>
    public (AccountResult Result, AccountEvent? Event) Decide(AccountQuestion question) => question.Order switch
    {
        AccountOrder.Register when Exists => (AccountResult.Exists, null),
        AccountOrder.Register when question.Hash.Length > 0 => (AccountResult.Done, new AccountEvent.Registered(question.Hash)),
        _ when !Exists => (AccountResult.Unknown, null),
        AccountOrder.Look => (AccountResult.Done, null),
        AccountOrder.ChangePassword when question.Hash.Length > 0 => (AccountResult.Done, new AccountEvent.PasswordChanged(question.Hash)),
        AccountOrder.UpgradeHash when question.Expected != Hash => (AccountResult.Unchanged, null),
        AccountOrder.UpgradeHash when question.Hash.Length > 0 => (AccountResult.Done, new AccountEvent.PasswordChanged(question.Hash)),
        AccountOrder.Disable => IsDisabled ? (AccountResult.Unchanged, null) : (AccountResult.Done, new AccountEvent.Disabled()),
        AccountOrder.Enable => IsDisabled ? (AccountResult.Done, new AccountEvent.Enabled()) : (AccountResult.Unchanged, null),
        AccountOrder.Remove => (AccountResult.Done, new AccountEvent.Removed()),
        _ => (AccountResult.NotUnderstood, null),
    };

    /// <summary>Gives the account after something happened.</summary>
    public AccountState Apply(AccountEvent happened) => happened switch
    {
        AccountEvent.Registered e => new AccountState(e.Hash, IsDisabled: false),
        AccountEvent.PasswordChanged e => this with { Hash = e.Hash },
        AccountEvent.Disabled => this with { IsDisabled = true },
        AccountEvent.Enabled => this with { IsDisabled = false },
        AccountEvent.Removed => None,
        _ => this,
    };
}
