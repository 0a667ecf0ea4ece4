using Akka.Actor;
using ChatAkka.Management.Commands;
using ChatAkka.Management.Hosting;
using ChatAkka.Sessions;

namespace ChatAkka.Management.Chat;

/// <summary><c>chat</c>: users, sessions, messages and nodes of the whole cluster, from any member.</summary>
/// <param name="registry">The session registry.</param>
/// <param name="revocations">Where revoked tokens are kept.</param>
/// <param name="settings">How long members have to answer.</param>
public sealed class ChatPalette(ISessionRegistry registry, ITokenRevocations revocations, ManagementSettings settings) : CommandPaletteHandler(new CommandPalette(
    "chat",
    "Users, sessions, messages and nodes of the whole cluster.",
    Define(Nodes, "Shows every node: its connections and their limit, its sessions and links, and the chats that are in flight or wait."),
    Define(Who, "Shows where a user is logged in.", User),
    Define(Sessions, "Shows who is logged in.", b => b.WithArgument(a => a.WithName("node").WithSwitch("--node").WithSwitch("-n")
        .WithDescription("Only on this node, as HOST:PORT of its cluster or client address."))),
    Define(Kick, "Ends a user's session. The client is told kicked.", User),
    Define(Send, "Sends a chat as the user pbm, and shows the receipt.", User, b => b.WithArgument(a => a.WithName("text")
        .IsMandatory(true).TakesRest().WithDescription("The text of the chat."))),
    new CommandDefinitionBuilder().WithName(Drain).WithDescription("Sends the clients of a node to other nodes, and shows the progress. The node accepts no new clients.")
        .WithArgument(a => a.WithName("node").IsMandatory(true).WithDescription("The node, as HOST:PORT of its cluster or client address."))
        .WithArgument(a => a.WithName("pace").WithSwitch("--pace").WithDefaultValue("50").WithDescription("Clients a second, 1 to 10000."))
        .WithArgument(a => a.WithName("force").WithSwitch("--force").IsFlag().WithDescription("Drains also if the other nodes do not have free places for all clients."))
        .WithArgument(a => a.WithName("cancel").WithSwitch("--cancel").IsFlag().WithDescription("Ends a drain: the node accepts clients again."))
        .Streams().Build(),
    Define(Relay, "Shows where the relay acts, since when, and what it did."),
    Define(Audit, "Shows what became of every accepted chat. The column missing is 0 at rest."),
    Define(Limits, "Shows what the limits against clients that do too much stopped, by the names of their settings."),
    Define(Why, "Shows everything that is known about where a user is: registry, connection, caches, mailbox, last events.", User),
    Define(Token, "Revokes tokens of clients. Sessions that were begun with them end within a second.", b => b.WithArgument(a => a.WithName("action").IsMandatory(true)
        .WithDescription("revoke."))
        .WithArgument(a => a.WithName("id").WithSwitch("--id").WithDescription("The token's id (jti)."))
        .WithArgument(a => a.WithName("user").WithSwitch("--user").WithDescription("A user's name: all tokens that were issued for this user until now."))),
    Define(Account, "Adds, changes, disables, enables, removes and lists accounts of users.", b => b.WithArgument(a => a.WithName("action").IsMandatory(true)
        .WithDescription("add, passwd, disable, enable, remove or list."))
        .WithArgument(a => a.WithName("user").WithDescription("The user's name; not for list."))
        .WithArgument(a => a.WithName("password").WithSwitch("--password").IsSecretFor("add", "passwd").WithDescription("Is asked for, or read from standard input."))),
    Define(Logins, "Shows for each node how many logins with passwords failed, and for how many accounts and addresses logins wait.", b => b.WithArgument(a => a
        .WithName("failures").WithSwitch("--failures").IsFlag().WithDescription("Shows these accounts and addresses instead, on each node the 50 with the most failures."))),
    Define(Trace, "Shows what happened to a message, as far as the nodes remember it.", b => b.WithArgument(a => a.WithName("id").IsMandatory(true)
        .WithDescription("The message's id.")))))
{
    internal const string Nodes = "nodes";
    internal const string Who = "who";
    internal const string Sessions = "sessions";
    internal const string Kick = "kick";
    internal const string Send = "send";
    internal const string Drain = "drain";
    internal const string Relay = "relay";
    internal const string Audit = "audit";
    internal const string Limits = "limits";
    internal const string Why = "why";
    internal const string Trace = "trace";
    internal const string Token = "token";
    internal const string Account = "account";
    internal const string Logins = "logins";

    /// <inheritdoc/>
    public override Props HandlerProps => Props.Create(() => new ChatPaletteActor(Palette, registry, revocations, settings.MemberTimeout, ChatTimings.Standard));

    private static CommandDefinition Define(
        string name, string description, params IReadOnlyList<Func<CommandDefinitionBuilder, CommandDefinitionBuilder>> arguments) => arguments
            .Aggregate(new CommandDefinitionBuilder().WithName(name).WithDescription(description), (builder, add) => add(builder)).Build();

    private static CommandDefinitionBuilder User(CommandDefinitionBuilder b) =>
        b.WithArgument(a => a.WithName("user").IsMandatory(true).WithDescription("The user's name."));
}
