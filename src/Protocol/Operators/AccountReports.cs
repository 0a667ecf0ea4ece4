namespace ChatAkka.Protocol.Operators;

/// <summary>An order to an account.</summary>
/// <param name="User">The user's name.</param>
/// <param name="Order">The number of an <see cref="Accounts.AccountOrder"/>.</param>
/// <param name="Hash">The new hash of the password; empty if the order needs none.</param>
public sealed record AccountOrderQuestion(string User, int Order, string Hash = "")
{
    /// <summary>Shows no hash.</summary>
    public override string ToString() => $"order {Order} to an account";
}

/// <summary>What became of an order to an account.</summary>
/// <param name="Result">The number of an <see cref="Accounts.AccountResult"/>; below 0: the account did not answer in time.</param>
/// <param name="IsDisabled">True if nobody may log in.</param>
public sealed record AccountReport(int Result, bool IsDisabled);

/// <summary>Accounts, in ordinal order of their names.</summary>
/// <param name="Accounts">The accounts.</param>
/// <param name="LeftOut">How many more there are.</param>
public sealed record AccountsReport(IReadOnlyList<AccountLine> Accounts, int LeftOut);

/// <summary>One account.</summary>
/// <param name="User">The user's name.</param>
/// <param name="State">Its state, as text for operators; empty if there is no such account any more.</param>
public sealed record AccountLine(string User, string State);

/// <summary>What a node counted about logins with passwords.</summary>
/// <param name="Enabled">True if the node has accounts.</param>
/// <param name="Failed">How many failed since the node started.</param>
/// <param name="Delayed">For how many accounts and addresses logins wait now.</param>
public sealed record LoginsReport(bool Enabled, long Failed, int Delayed);
