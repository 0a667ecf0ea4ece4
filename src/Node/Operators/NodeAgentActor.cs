using System.Text.Json;
using Akka.Actor;
using Akka.Event;
using ChatAkka.Protocol;
using ChatAkka.Protocol.Internode;
using ChatAkka.Protocol.Operators;

namespace ChatAkka.Node.Operators;

/// <summary>Answers the questions of operators about this node, and carries out their orders on this node.</summary>
internal sealed class NodeAgentActor : ReceiveActor
{
    private readonly NodeOverview _overview;
    private readonly SessionList _sessions;
    private readonly OperatorChats _chats;
    private readonly ChatHistory _history;
    private readonly MailboxDepths _depths;
    private readonly OperatorAccounts _accounts;
    private readonly ILoggingAdapter _log = Context.GetLogger();

    /// <summary>Makes the agent.</summary>
    /// <param name="overview">Reports the state of the node, and sets its drain.</param>
    /// <param name="sessions">Reports and ends sessions.</param>
    /// <param name="chats">Sends the chats of operators.</param>
    /// <param name="history">Reports what happened to messages.</param>
    /// <param name="depths">Reports how much mailboxes hold.</param>
    /// <param name="accounts">Reports and changes accounts.</param>
    public NodeAgentActor(
        NodeOverview overview, SessionList sessions, OperatorChats chats, ChatHistory history, MailboxDepths depths, OperatorAccounts accounts)
    {
        _overview = overview;
        _sessions = sessions;
        _chats = chats;
        _history = history;
        _depths = depths;
        _accounts = accounts;
        Receive<AgentQuestion>(OnQuestion);
    }

    private void OnQuestion(AgentQuestion question)
    {
        try
        {
            Handle(question);
        }
        catch (Exception e) when (e is JsonException or FormatException)
        {
            Sender.Tell(new AgentAnswer($"cannot read the question: {e.Message}", ReadOnlyMemory<byte>.Empty));
        }
        catch (Exception e)
        {
            // A question that fails must not stop the node, so the exception is not passed on.
            _log.Error(e, "The question '{0}' of an operator failed. The operator gets an error; clients are not affected", question.Kind);
            Sender.Tell(new AgentAnswer($"failed: {e.GetBaseException().Message}", ReadOnlyMemory<byte>.Empty));
        }
    }

    private void Handle(AgentQuestion question)
    {
        switch (question.Kind)
        {
            case AgentKinds.Node:
                AnswerLater(_overview.ReportAsync());
                break;
            case AgentKinds.Sessions:
                Answer(_sessions.List(AgentJson.Read<SessionsQuestion>(question.Body).After));
                break;
            case AgentKinds.Place:
                Answer(_sessions.FindPlace(NameIn(question)));
                break;
            case AgentKinds.Depth:
                AnswerLater(_depths.FindAsync(NameIn(question)));
                break;
            case AgentKinds.Trace:
                Answer(_history.Find(AgentJson.Read<NameQuestion>(question.Body).Name));
                break;
            case AgentKinds.Kick:
                Answer(Kick(NameIn(question)));
                break;
            case AgentKinds.Send:
                AnswerLater(_chats.SendAsync(AgentJson.Read<SendQuestion>(question.Body)));
                break;
            case AgentKinds.Drain:
                AnswerLater(DrainAsync(AgentJson.Read<DrainQuestion>(question.Body).PerSecond));
                break;
            case AgentKinds.Account:
                AnswerLater(_accounts.RunAsync(AgentJson.Read<AccountOrderQuestion>(question.Body)));
                break;
            case AgentKinds.Accounts:
                AnswerLater(_accounts.ListAsync(AgentJson.Read<SessionsQuestion>(question.Body).After));
                break;
            case AgentKinds.Logins:
                Answer(_accounts.ReportLogins());
                break;
            default:
                Sender.Tell(new AgentAnswer($"does not know '{question.Kind}': its version is another", ReadOnlyMemory<byte>.Empty));
                break;
        }
    }

    private void Answer<T>(T report) => Sender.Tell(new AgentAnswer("", AgentJson.Write(report)));

    private void AnswerLater<T>(Task<T> report) => report.PipeTo(
        Sender,
        success: r => new AgentAnswer("", AgentJson.Write(r)),
        failure: e => new AgentAnswer(e is AskTimeoutException ? "is up, and a part of it does not answer" : e.GetBaseException().Message, ReadOnlyMemory<byte>.Empty));

    private static UserName NameIn(AgentQuestion question) =>
        UserName.TryCreate(AgentJson.Read<NameQuestion>(question.Body).Name) ?? throw new FormatException("no user name");

    private DoneReport Kick(UserName user)
    {
        var report = _sessions.Kick(user, out var connection);
        if (report.Done)
            _log.Info("An operator ended the session of connection {0}: its client is told so and the connection is closed", connection);
        return report;
    }

    private Task<DrainReport> DrainAsync(int perSecond)
    {
        if (perSecond > 0)
            _log.Info("An operator drains this node: it accepts no new clients, and sends {0} clients a second to other nodes", perSecond);
        else if (perSecond == 0)
            _log.Info("An operator ended the drain: this node accepts clients again");
        return _overview.DrainAsync(perSecond);
    }
}
