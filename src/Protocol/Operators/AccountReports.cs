namespace ChatAkka.Protocol.Operators;

/// <summary>An order to an account.</summary>
/// <param name="User">The user's name.</param>
/// <param name="Order">The number of an <see cref="Accounts.AccountOrder"/>.</param>
/// <param name="Password">The new password; empty if the order needs none. It is sent only to the agent of the same process.</param>
public sealed record AccountOrderQuestion(string User, int Order, string Password = "")
{
    /// <summary>Shows no password.</summary>
    public override string ToString() => $"order {Order} to an account";
}

/// <summary>What became of an order to an account.</summary>
/// <param name="Result">The number of an <see cref="Accounts.AccountResult"/>.</param>
/// <param name="Problem">What went wrong, as text for operators; empty if nothing did.</param>
/// <param name="IsMisuse">True if the order was wrong, so that nothing was done.</param>
public sealed record AccountReport(int Result, string Problem = "", bool IsMisuse = false);

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
/// <param name="Delayed">For how many accounts and addresses logins wait after failures.</param>
/// <param name="Worst">Those with the most failures, the worst first.</param>
public sealed record LoginsReport(bool Enabled, long Failed, int Delayed, IReadOnlyList<FailuresLine> Worst);

/// <summary>The failed logins of one account, or from one address.</summary>
/// <param name="Who">The name or the address.</param>
/// <param name="IsAddress">True for an address.</param>
/// <param name="Failures">How many failed.</param>
/// <param name="WaitMilliseconds">How long the next login has to wait.</param>
public sealed record FailuresLine(string Who, bool IsAddress, int Failures, long WaitMilliseconds);
