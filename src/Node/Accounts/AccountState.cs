using ChatAkka.Protocol.Accounts;

namespace ChatAkka.Node.Accounts;

/// <summary>An account: decides about orders, and is made of what happened. Pure.</summary>
/// <param name="Hash">The hash of the password; empty if there is no such account.</param>
/// <param name="IsDisabled">True if nobody may log in.</param>
/// <param name="Events">How many events happened so far. An account that was removed and registered again goes on counting.</param>
/// <param name="Epoch">The number of the last event that ends sessions; 0 if there was none.</param>
internal sealed record AccountState(string Hash, bool IsDisabled, long Events, long Epoch)
{
    /// <summary>No account.</summary>
    public static AccountState None { get; } = new("", false, 0, 0);

    /// <summary>True if there is such an account.</summary>
    public bool Exists => Hash.Length > 0;

    /// <summary>Shows no hash.</summary>
    public override string ToString() => $"account in epoch {Epoch}{(Exists ? "" : ", none")}{(IsDisabled ? ", disabled" : "")}";

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
        AccountOrder.UpgradeHash when question.Hash.Length > 0 => (AccountResult.Done, new AccountEvent.HashUpgraded(question.Hash)),
        AccountOrder.Disable => IsDisabled ? (AccountResult.Unchanged, null) : (AccountResult.Done, new AccountEvent.Disabled()),
        AccountOrder.Enable => IsDisabled ? (AccountResult.Done, new AccountEvent.Enabled()) : (AccountResult.Unchanged, null),
        AccountOrder.Remove => (AccountResult.Done, new AccountEvent.Removed()),
        _ => (AccountResult.NotUnderstood, null),
    };

    /// <summary>Gives the account after something happened.</summary>
    public AccountState Apply(AccountEvent happened)
    {
        var next = happened switch
        {
            AccountEvent.Registered e => this with { Hash = e.Hash, IsDisabled = false },
            AccountEvent.PasswordChanged e => this with { Hash = e.Hash },
            AccountEvent.HashUpgraded e => this with { Hash = e.Hash },
            AccountEvent.Disabled => this with { IsDisabled = true },
            AccountEvent.Enabled => this with { IsDisabled = false },
            _ => this with { Hash = "", IsDisabled = false },
        };
        return next with { Events = Events + 1, Epoch = happened.EndsSessions ? Events + 1 : Epoch };
    }
}
