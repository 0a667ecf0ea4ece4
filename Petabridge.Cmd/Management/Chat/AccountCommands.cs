using System.Text.Json.Nodes;
using Akka.Cluster;
using ChatAkka.Management.Commands;
using ChatAkka.Protocol;
using ChatAkka.Protocol.Accounts;
using ChatAkka.Protocol.Operators;

namespace ChatAkka.Management.Chat;

/// <summary><c>chat account</c> and <c>chat logins</c>: the accounts of users.</summary>
/// <remarks>A password goes only to the node in this process, which hashes it as it hashes those of clients. What passes between members can be read on the network.</remarks>
/// <param name="agents">Asks nodes.</param>
internal sealed class AccountCommands(ClusterAgents agents)
{
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
        var password = "";
        if (order is AccountOrder.Register or AccountOrder.ChangePassword)
        {
            if (command.Argument("password") is not { Length: > 0 } given)
                return Misused("no password was given; this pbm may be too old to ask for one");
            if (agents.OwnNode is null)
                return Failed("this member is no node, and a password must not pass between members: connect pbm to a node for this");
            password = given;
        }

        return await OrderAsync(user, order, password).ConfigureAwait(false);
    }

    /// <summary>Runs <c>chat logins</c>.</summary>
    public async Task<CommandAnswer> LoginsAsync(Command command)
    {
        var reports = await agents.AskNodesAsync<LoginsReport>(AgentKinds.Logins, new NoQuestion()).ConfigureAwait(false);
        return command.Has("failures") ? Failures(reports) : new CommandAnswer.TableResponse(
            ["node", "passwords", "failed", "delayed"],
            [
                .. reports.Select(r => new JsonNode?[]
                {
                    HostPortOf(r.Member), r.Answer is null ? "no answer" : r.Answer.Enabled ? "on" : "off", r.Answer?.Failed, r.Answer?.Delayed,
                }),
            ]);
    }

    private static CommandAnswer.TableResponse Failures(IReadOnlyList<(Member Member, LoginsReport? Answer, string Error)> reports) => new(
        ["node", "kind", "who", "failures", "wait s"],
        [
            .. reports.SelectMany(r => (r.Answer?.Worst ?? []).Select(w => new JsonNode?[]
            {
                HostPortOf(r.Member), w.IsAddress ? "address" : "account", w.Who, w.Failures, Math.Round(w.WaitMilliseconds / 1000.0, 1),
            })),
        ]);

    private async Task<CommandAnswer> OrderAsync(UserName user, AccountOrder order, string password)
    {
        if (agents.AnyNode is not { } node)
            return Failed("there is no node that could do it");
        var address = password.Length > 0 ? agents.OwnNode!.Address : node.Address;
        var question = new AccountOrderQuestion(user.Text, (int)order, password);
        var (report, error) = await agents.AskNodeAsync<AccountReport>(address, AgentKinds.Account, question).ConfigureAwait(false);
        if (report is null)
            return Failed($"{HostPortOf(node)} {error}; the order may be kept, or not");
        if (report.Problem.Length > 0)
            return report.IsMisuse ? Misused(report.Problem) : Failed(report.Problem);
        return (AccountResult)report.Result switch
        {
            AccountResult.Done => new CommandAnswer.CommandResponse($"account of {user}: {Describe(order)}"),
            AccountResult.Unchanged => new CommandAnswer.CommandResponse($"account of {user}: nothing to change"),
            AccountResult.Exists => Failed($"there is an account of {user} already"),
            AccountResult.Unknown => Failed($"there is no account of {user}"),
            _ => Failed("the account does not know this order: its node has another version"),
        };
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
                return Failed($"{HostPortOf(node)} {error}");
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

    private static string Describe(AccountOrder order) => order switch
    {
        AccountOrder.Register => "added",
        AccountOrder.ChangePassword => "has a new password; a session of before ends within a second",
        AccountOrder.Disable => "disabled; its session ends within a second",
        AccountOrder.Enable => "enabled",
        _ => "removed; its session ends within a second",
    };

    private static string HostPortOf(Member member) => member.Address.Host + ":" + member.Address.Port;

    private static CommandAnswer Misused(string problem) => new CommandAnswer.ErroredCommandResponse(problem, Misused: true);

    private static CommandAnswer Failed(string problem) => new CommandAnswer.ErroredCommandResponse(problem);
}
