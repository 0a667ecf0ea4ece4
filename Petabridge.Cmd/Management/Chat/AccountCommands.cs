using System.Text;
using System.Text.Json.Nodes;
using ChatAkka.Authentication.Passwords;
using ChatAkka.Management.Commands;
using ChatAkka.Protocol;
using ChatAkka.Protocol.Accounts;
using ChatAkka.Protocol.Operators;
using ChatAkka.Sessions;

namespace ChatAkka.Management.Chat;

/// <summary><c>chat account</c> and <c>chat logins</c>: the accounts of users.</summary>
/// <remarks>The password is hashed here, so that only its hash passes between members.</remarks>
/// <param name="agents">Asks nodes.</param>
/// <param name="revocations">Ends the sessions of an account that is closed.</param>
/// <param name="time">The clock.</param>
internal sealed class AccountCommands(ClusterAgents agents, ITokenRevocations revocations, TimeProvider time)
{
    /// <summary>The shortest password that is taken.</summary>
    private const int LeastBytes = 8;

    private readonly PasswordHasher _hasher = new(HashCost.Owasp);

    /// <summary>Runs <c>chat account</c>.</summary>
    public async Task<CommandAnswer> RunAsync(Command command)
    {
        var action = command.Argument("action");
        if (action == "list")
            return await ListAsync().ConfigureAwait(false);
        if (OrderOf(action) is not { } order)
            return Misused($"there is no chat account {action}; there are add, passwd, disable, enable, remove and list");
        if (command.Argument("user") is not { Length: > 0 } text)
            return Misused($"chat account {action} needs USER");
        if (UserName.TryCreate(text) is not { } user)
            return Misused($"'{text}' is no user name: {UserName.Explain(text)}");
        var hash = "";
        if (order is AccountOrder.Register or AccountOrder.ChangePassword)
        {
            var password = Encoding.UTF8.GetBytes(command.Argument("password") ?? "");
            if (password.Length is < LeastBytes or > PasswordHasher.MostBytes)
                return Misused($"a password has {LeastBytes} to {PasswordHasher.MostBytes} bytes; this pbm may be too old to ask for one");
            hash = _hasher.Hash(password);
        }

        return await OrderAsync(user, order, hash).ConfigureAwait(false);
    }

    /// <summary>Runs <c>chat logins</c>.</summary>
    public async Task<CommandAnswer> LoginsAsync()
    {
        var reports = await agents.AskNodesAsync<LoginsReport>(AgentKinds.Logins, new NoQuestion()).ConfigureAwait(false);
        return new CommandAnswer.TableResponse(
            ["node", "passwords", "failed", "delayed"],
            [
                .. reports.Select(r => new JsonNode?[]
                {
                    r.Member.Address.Host + ":" + r.Member.Address.Port,
                    r.Answer is null ? "no answer" : r.Answer.Enabled ? "on" : "off",
                    r.Answer?.Failed,
                    r.Answer?.Delayed,
                }),
            ]);
    }

    private async Task<CommandAnswer> OrderAsync(UserName user, AccountOrder order, string hash)
    {
        if (agents.AnyNode is not { } node)
            return Failed("there is no node that could do it");
        var question = new AccountOrderQuestion(user.Text, (int)order, hash);
        var (report, error) = await agents.AskNodeAsync<AccountReport>(node.Address, AgentKinds.Account, question).ConfigureAwait(false);
        if (report is null)
            return Failed(error);
        var result = (AccountResult)report.Result;
        if (report.Result < 0)
            return Failed($"the account of {user} did not answer in time; the order may be kept, or not");
        if (result is AccountResult.Unknown or AccountResult.Exists)
            return Failed(result == AccountResult.Exists ? $"there is an account of {user}" : $"there is no account of {user}");

        // Also if nothing changed: an earlier order may have been kept without ending the sessions.
        if (order is AccountOrder.Disable or AccountOrder.Remove && !await EndSessionsAsync(user).ConfigureAwait(false))
            return Failed($"the account of {user} is closed, but its session goes on, because Redis does not answer: repeat the command");
        return new CommandAnswer.CommandResponse($"account of {user}: {Describe(order, result)}");
    }

    private Task<bool> EndSessionsAsync(UserName user)
    {
        var now = time.GetUtcNow();
        return revocations.RevokeAsync(new TokenRevocation.User(user.Text, now, now + TokenRevocation.Kept));
    }

    private async Task<CommandAnswer> ListAsync()
    {
        if (agents.AnyNode is not { } node)
            return Failed("there is no node that could say it");
        List<AccountLine> all = [];
        while (true)
        {
            var (part, error) = await agents.AskNodeAsync<AccountsReport>(
                node.Address, AgentKinds.Accounts, new SessionsQuestion(all.Count > 0 ? all[^1].User : "")).ConfigureAwait(false);
            if (part is null)
                return Failed(error);
            all.AddRange(part.Accounts);
            if (part is not { LeftOut: > 0, Accounts.Count: > 0 })
                break;
        }

        return new CommandAnswer.TableResponse(
            ["user", "state"], [.. all.Where(a => a.State.Length > 0).Select(a => new JsonNode?[] { a.User, a.State })]);
    }

    private static AccountOrder? OrderOf(string? action) => action switch
    {
        "add" => AccountOrder.Register,
        "passwd" => AccountOrder.ChangePassword,
        "disable" => AccountOrder.Disable,
        "enable" => AccountOrder.Enable,
        "remove" => AccountOrder.Remove,
        _ => null,
    };

    private static string Describe(AccountOrder order, AccountResult result) => result == AccountResult.Unchanged ? "nothing to change" : order switch
    {
        AccountOrder.Register => "added",
        AccountOrder.ChangePassword => "has a new password",
        AccountOrder.Disable => "disabled; its session ends within a second",
        AccountOrder.Enable => "enabled",
        _ => "removed; its session ends within a second",
    };

    private static CommandAnswer Misused(string problem) => new CommandAnswer.ErroredCommandResponse(problem, Misused: true);

    private static CommandAnswer Failed(string problem) => new CommandAnswer.ErroredCommandResponse(problem);
}
