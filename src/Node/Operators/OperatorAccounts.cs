using System.Security.Cryptography;
using System.Text;
using ChatAkka.Node.Logins;
using ChatAkka.Protocol;
using ChatAkka.Protocol.Accounts;
using ChatAkka.Protocol.Operators;
using ChatAkka.Sessions;

namespace ChatAkka.Node.Operators;

/// <summary>Reports and changes accounts.</summary>
/// <param name="services">What this node has for accounts; null if it has none.</param>
/// <param name="names">The policy for names.</param>
/// <param name="time">The clock.</param>
internal sealed class OperatorAccounts(AccountServices? services, UserNames names, TimeProvider time)
{
    /// <summary>The most accounts in one report: the size of a message between members is bounded.</summary>
    private const int Most = 200;

    /// <summary>The most lines about failures in one report.</summary>
    private const int MostFailures = 50;

    /// <summary>Asks or changes one account, and ends its sessions if the order says so.</summary>
    public async Task<AccountReport> RunAsync(AccountOrderQuestion question)
    {
        var order = (AccountOrder)question.Order;
        if (UserName.TryCreate(question.User) is not { } name)
            return Misused($"'{question.User}' is no user name: {UserName.Explain(question.User)}");
        if (order == AccountOrder.Register && names.Check(name) is { IsAccepted: false } refused)
            return Misused($"'{name}' cannot be the name of an account: {refused.Text ?? refused.Error.Text()}");
        var user = names.Compare(name);
        var hash = "";
        if (order is AccountOrder.Register or AccountOrder.ChangePassword)
        {
            var (made, problem) = await HashAsync(question.Password).ConfigureAwait(false);
            if (made is null)
                return problem;
            hash = made;
        }

        if (await Services().Accounts.AskAsync(new AccountQuestion(user.Text, order, hash)).ConfigureAwait(false) is not { } answer)
            return Failed($"the account of {user} did not answer in time; the order may be kept, or not");
        return await EndSessionsAsync(user, order, answer).ConfigureAwait(false)
            ? new AccountReport((int)answer.Result)
            : Failed($"the account of {user} is changed, but its session goes on, because Redis does not answer: repeat the command");
    }

    /// <summary>Gives accounts in the order of their names.</summary>
    /// <param name="after">Only those after this name; empty for all.</param>
    public async Task<AccountsReport> ListAsync(string after)
    {
        var users = new List<string>();
        await foreach (var user in Services().Accounts.ListAsync().ConfigureAwait(false))
        {
            if (string.CompareOrdinal(user, after) > 0)
                users.Add(user);
        }

        users.Sort(StringComparer.Ordinal);
        var shown = await Task.WhenAll(users.Take(Most).Select(LineAsync)).ConfigureAwait(false);
        return new AccountsReport(shown, Math.Max(0, users.Count - Most));
    }

    /// <summary>Gives what this node counted.</summary>
    public LoginsReport ReportLogins()
    {
        if (services is null)
            return new LoginsReport(false, 0, 0, []);
        var delayed = services.Delays.Delayed();
        return new LoginsReport(
            true,
            services.Delays.Failures,
            delayed.Count,
            [.. delayed.Take(MostFailures).Select(d => new FailuresLine(d.Who, d.IsAddress, d.Failures, (long)d.Wait.TotalMilliseconds))]);
    }

    private async Task<(string? Hash, AccountReport Problem)> HashAsync(string text)
    {
        var password = Encoding.UTF8.GetBytes(text);
        try
        {
            if (PasswordWork.Problem(password) is { } problem)
                return (null, Misused(problem));
            return (await Services().Passwords.HashAsync(password).ConfigureAwait(false), Failed("too many logins are under way; try again"));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(password);
        }
    }

    /// <summary>Ends the sessions that were opened before the account changed, also if nothing changed now: an earlier order may have been kept without that.</summary>
    /// <returns>False if that could not be kept.</returns>
    private async Task<bool> EndSessionsAsync(UserName user, AccountOrder order, AccountAnswer answer)
    {
        if (order is not (AccountOrder.ChangePassword or AccountOrder.Disable or AccountOrder.Remove) || answer.Epoch == 0)
            return true;
        var until = time.GetUtcNow() + TokenRevocation.Kept;
        var ends = new TokenRevocation.Account(user.Text, answer.Epoch, IsClosed: order != AccountOrder.ChangePassword, until);
        return await Services().Changes.RevokeAsync(ends).ConfigureAwait(false);
    }

    private async Task<AccountLine> LineAsync(string user) => new(
        user,
        await Services().Accounts.AskAsync(new AccountQuestion(user, AccountOrder.Look)).ConfigureAwait(false) switch
        {
            null => "no answer",
            { Result: AccountResult.Unknown } => "",
            { IsDisabled: true } => "disabled",
            _ => "enabled",
        });

    private AccountServices Services() => services ?? throw new InvalidOperationException("has no accounts: its chat.auth.mode has no password");

    private static AccountReport Misused(string problem) => new((int)AccountResult.NotUnderstood, problem, IsMisuse: true);

    private static AccountReport Failed(string problem) => new((int)AccountResult.NotUnderstood, problem);
}
