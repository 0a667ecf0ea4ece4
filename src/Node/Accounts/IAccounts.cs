using ChatAkka.Protocol.Accounts;

namespace ChatAkka.Node.Accounts;

/// <summary>The accounts of the whole cluster.</summary>
internal interface IAccounts
{
    /// <summary>Asks an account, or orders it to change.</summary>
    /// <returns>Its answer; null if it did not answer in time. An order may be kept then, or not.</returns>
    Task<AccountAnswer?> AskAsync(AccountQuestion question);

    /// <summary>Gives the users who have, or had, an account.</summary>
    IAsyncEnumerable<string> ListAsync(CancellationToken stop = default);
}
