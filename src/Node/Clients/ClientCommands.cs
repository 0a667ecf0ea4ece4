using Akka.Actor;
using ChatAkka.Node.Connections;
using ChatAkka.Node.Limits;
using ChatAkka.Node.Logins;
using ChatAkka.Node.Routing;
using ChatAkka.Node.Sessions;
using ChatAkka.Protocol;
using ChatAkka.Protocol.Client;
using ChatAkka.Sessions;

namespace ChatAkka.Node.Clients;

/// <summary>Why <see cref="ClientCommands.Run"/> returned.</summary>
internal enum RunResult
{
    /// <summary>All lines of the batch are handled.</summary>
    Finished,

    /// <summary>The next line waits for the answer to a login or to <c>who</c>.</summary>
    Waiting,

    /// <summary>A chat found its way full. It is tried again when there is space.</summary>
    Blocked,

    /// <summary>The client does too much. The next line is tried again after <see cref="ConnectionBudget.Pause"/>.</summary>
    Paused,

    /// <summary>The client does so much that the connection has to be closed.</summary>
    UsedUp,

    /// <summary>The client logged out. Lines after that are dropped.</summary>
    LoggedOut,
}

/// <summary>Handles the commands of one client, in order, one batch of lines at a time.</summary>
/// <remarks>The connection's actor owns it and says when it may run.</remarks>
/// <param name="connection">The client's connection.</param>
/// <param name="session">The client's session.</param>
/// <param name="chats">Takes the client's chats.</param>
/// <param name="replies">Writes answers.</param>
/// <param name="logins">Handles logins.</param>
/// <param name="names">The policy for names.</param>
/// <param name="registry">Says where users are.</param>
/// <param name="greetsTyped">True if a client whose first line is blank is greeted.</param>
/// <param name="time">The clock.</param>
internal sealed class ClientCommands(
    ClientConnection connection,
    ClientSession session,
    ChatIntake chats,
    ClientReplies replies,
    LoginCommands logins,
    UserNames names,
    ISessionRegistry registry,
    bool greetsTyped,
    TimeProvider time)
{
    private readonly CommandParser _parser = new();
    private LineBatch? _batch;
    private int _next;
    private long _batchTime;
    private ConnectionMessage.WhoQuestion? _question;

    private enum Step
    {
        Next,
        Wait,
        Blocked,
        Paused,
        LogOut,
    }

    /// <summary>True if no line waits to be handled.</summary>
    public bool IsIdle => _batch is null;

    /// <summary>True while the next line waits for the answer to a login or to <c>who</c>.</summary>
    public bool IsWaiting => session.IsPending || logins.IsPending || _question is not null;

    /// <summary>Takes the next lines. <see cref="Run"/> handles them.</summary>
    public void Take(LineBatch batch)
    {
        _batch = batch;
        _next = 0;
        _batchTime = time.GetUtcNow().ToUnixTimeMilliseconds();
    }

    /// <summary>Handles the lines that are left, as far as it can.</summary>
    public RunResult Run()
    {
        while (_next < _batch!.Count && !Budget.IsUsedUp)
        {
            if (!Budget.MayTakeLine())
                return RunResult.Paused;
            switch (Handle(_batch))
            {
                case Step.Next:
                    Count();
                    break;
                case Step.Wait:
                    Count();
                    return RunResult.Waiting;
                case Step.Blocked:
                    return RunResult.Blocked;
                case Step.Paused:
                    return RunResult.Paused;
                default:
                    _batch = null;
                    return RunResult.LoggedOut;
            }
        }

        _batch = null;
        return Budget.IsUsedUp ? RunResult.UsedUp : RunResult.Finished;
    }

    /// <summary>Takes the answer that a line waits for. An answer that nobody waits for any more is ignored.</summary>
    /// <returns>False if the message is no answer.</returns>
    public bool TryTakeAnswer(object message)
    {
        switch (message)
        {
            case ConnectionMessage.WhoAnswered m:
                OnWhoAnswered(m);
                return true;
            case ConnectionMessage.LoginDecided m:
                logins.OnDecided(m);
                return true;
            default:
                return false;
        }
    }

    private void OnWhoAnswered(ConnectionMessage.WhoAnswered answer)
    {
        if (_question != answer.Question)
            return;
        _question = null;
        replies.Who(answer.Question.IsJson, answer.Question.User, answer.Outcome);
    }

    private ConnectionBudget Budget => connection.Budget;

    private void Count()
    {
        _next++;
        Budget.CountLine();
    }

    private Step Handle(LineBatch batch)
    {
        if (logins.AwaitsPassword)
            return logins.OnPassword(batch[_next], batch.IsTooLong(_next), _batchTime) ? Step.Wait : Step.Next;
        if (batch.IsTooLong(_next))
            return Refuse(replies.SpeaksJson ??= true, ErrorCode.LineTooLong);
        var command = _parser.Parse(batch[_next]);
        if (command is { Kind: CommandKind.None, Error: ErrorCode.None })
            return OnBlank();
        replies.SpeaksJson = command.IsJson;
        if (command.Error != ErrorCode.None)
            return Refuse(command.IsJson, command.Error, command.ErrorText, command.Id);
        switch (command.Kind)
        {
            case CommandKind.Chat:
                return OnChat(command);
            case CommandKind.Login or CommandKind.Register or CommandKind.Renew:
                return OnLogin(command) ? Step.Wait : Step.Next;
            case CommandKind.Who:
                return OnWho(command);
            case CommandKind.Ping:
                replies.Pong(command.IsJson);
                return Step.Next;
            case CommandKind.Help:
                replies.Help(command.IsJson);
                return Step.Next;
            case CommandKind.Forward:
                return Refuse(command.IsJson, ErrorCode.Forbidden, "forward is between servers");
            case CommandKind.Ack:
                return OnAck(command);
            case CommandKind.Logout:
                return Step.LogOut;
            default:
                return Step.Next;
        }
    }

    private bool OnLogin(in Command command) => command.Kind switch
    {
        CommandKind.Login => logins.LogIn(command, _batchTime),
        CommandKind.Register => logins.Register(command),
        _ => logins.Renew(command),
    };

    /// <summary>Handles a blank line. If it is the first line, a person has pressed Enter and is greeted, unless the setting
    /// <c>greeting</c> says otherwise. Any other blank line is ignored.</summary>
    private Step OnBlank()
    {
        if (replies.SpeaksJson is null && greetsTyped)
        {
            replies.SpeaksJson = false;
            replies.Greet();
        }

        return Step.Next;
    }

    private Step OnChat(in Command command)
    {
        if (session.Current is not { } sender)
            return Refuse(command.IsJson, ErrorCode.NotLoggedIn, null, command.Id);
        if (command.HasSender && !IsSame(names.Compare(command.Sender), sender.User))
            return Refuse(command.IsJson, ErrorCode.Forbidden, "send must be the name you logged in with", command.Id);
        if (!Budget.MayTakeChat())
            return Step.Paused;
        return chats.Take(command, names.Compare(command.Recipient), sender.User, _batchTime) switch
        {
            SendResult.Done => OnTaken(),
            SendResult.Full => Step.Blocked,
            _ => Refuse(command.IsJson, ErrorCode.BadName, UserName.Explain(command.Recipient), command.Id),
        };
    }

    private Step OnTaken()
    {
        Budget.CountChat();
        return Step.Next;
    }

    private Step OnAck(in Command command)
    {
        if (!session.HasMailbox)
            return Refuse(command.IsJson, ErrorCode.Unsupported, "this server keeps no mailboxes, so there is nothing to acknowledge");
        if (session.Current is not { } reader)
            return Refuse(command.IsJson, ErrorCode.NotLoggedIn);
        if (!reader.Acks)
            return Refuse(command.IsJson, ErrorCode.Unsupported, "log in with \"ack\":true to acknowledge");
        session.Acknowledge(command.Sequence);
        return Step.Next;
    }

    private Step OnWho(in Command command)
    {
        if (!command.IsJson && command.Name.IsEmpty)
            return OnOwnSession();
        if (UserName.TryCreate(command.Name) is not { } user)
            return Refuse(command.IsJson, ErrorCode.BadName, UserName.Explain(command.Name));
        user = names.Compare(user);
        var question = new ConnectionMessage.WhoQuestion(user, command.IsJson);
        _question = question;
        registry.FindAsync(user).PipeTo(
            connection.Actor,
            success: outcome => new ConnectionMessage.WhoAnswered(question, outcome),
            failure: e => new ConnectionMessage.WhoAnswered(question, new FindOutcome.Unavailable(e.GetBaseException().Message)));
        return Step.Wait;
    }

    /// <summary>Answers a typed <c>who</c> without a name: it asks for the own session, which this connection knows without the registry.</summary>
    private Step OnOwnSession()
    {
        if (session.Current is not { } own)
            return Refuse(isJson: false, ErrorCode.NotLoggedIn, "you are not logged in; who NAME says where somebody else is");
        replies.OwnSession(own.User);
        return Step.Next;
    }

    private Step Refuse(bool isJson, ErrorCode code, string? text = null, ReadOnlySpan<byte> id = default)
    {
        Budget.CountError();
        replies.Refuse(isJson, code, text, id);
        return Step.Next;
    }

    private static bool IsSame(ReadOnlySpan<byte> name, UserName user) =>
        name.SequenceEqual(user.Utf8) || (UserName.TryCreate(name) is { } other && other.Equals(user));
}
