using ChatAkka.Node.Accounts;
using ChatAkka.Node.Logins;
using ChatAkka.Protocol.Accounts;
using ChatAkka.Protocol.Operators;

namespace ChatAkka.Node.Operators;

/// <summary>Reports and changes accounts.</summary>
/// <param name="accounts">The accounts; null if this node has none.</param>
/// <param name="delays">Makes logins wait after failures; null if this node has no accounts.</param>
internal sealed class OperatorAccounts(IAccounts? accounts, FailureDelays? delays)
{
    /// <summary>The most accounts in one report: the size of a message between members is bounded.</summary>
    private const int Most = 200;

    /// <summary>Asks or changes one account.</summary>
    public async Task<AccountReport> RunAsync(AccountOrderQuestion question)
    {
        var answer = await Accounts().AskAsync(new AccountQuestion(question.User, (AccountOrder)question.Order, question.Hash)).ConfigureAwait(false);
        return answer is null ? new AccountReport(-1, false) : new AccountReport((int)answer.Result, answer.IsDisabled);
    }

    /// <summary>Gives accounts in the order of their names.</summary>
    /// <param name="after">Only those after this name; empty for all.</param>
    public async Task<AccountsReport> ListAsync(string after)
    {
        var users = new List<string>();
        await foreach (var user in Accounts().ListAsync().ConfigureAwait(false))
        {
            if (string.CompareOrdinal(user, after) > 0)
                users.Add(user);
        }

        users.Sort(StringComparer.Ordinal);
        var shown = await Task.WhenAll(users.Take(Most).Select(LineAsync)).ConfigureAwait(false);
        return new AccountsReport(shown, Math.Max(0, users.Count - Most));
    }

    /// <summary>Gives what this node counted.</summary>
    public LoginsReport ReportLogins() => new(delays is not null, delays?.Failures ?? 0, delays?.Delayed ?? 0);

    private async Task<AccountLine> LineAsync(string user) => new(
        user,
        await Accounts().AskAsync(new AccountQuestion(user, AccountOrder.Look)).ConfigureAwait(false) switch
        {
            null => "no answer",
            { Result: AccountResult.Unknown } => "",
            { IsDisabled: true } => "disabled",
            _ => "enabled",
        });

    private IAccounts Accounts() => accounts ?? throw new InvalidOperationException("has no accounts: its chat.auth.mode has no password");
}
