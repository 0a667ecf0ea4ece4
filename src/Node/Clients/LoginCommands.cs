using System.Security.Cryptography;
using System.Text;
using Akka.Actor;
using ChatAkka.Node.Connections;
using ChatAkka.Node.Limits;
using ChatAkka.Node.Logins;
using ChatAkka.Node.Sessions;
using ChatAkka.Protocol;
using ChatAkka.Protocol.Client;

namespace ChatAkka.Node.Clients;

/// <summary>Handles the commands of one client by which it logs in, renews its session or registers: asks the login policy, and does what it decides.</summary>
/// <remarks>The connection's actor owns it. While the policy is asked, no further line of the client is handled.</remarks>
/// <param name="connection">The client's connection.</param>
/// <param name="session">The client's session.</param>
/// <param name="replies">Writes answers.</param>
/// <param name="policy">Decides who may log in, before the session is claimed.</param>
/// <param name="typed">When a person who types commands is asked for a password.</param>
/// <param name="addresses">Bounds the logins from one address that fail.</param>
/// <param name="time">The clock.</param>
internal sealed class LoginCommands(
    ClientConnection connection, ClientSession session, ClientReplies replies, ILoginPolicy policy, TypedPasswords typed, AddressGate addresses, TimeProvider time)
{
    private LoginQuestion? _question;
    private (UserName Name, bool Registers)? _asked;

    /// <summary>True if the next line is the password that a person was asked for.</summary>
    public bool AwaitsPassword => _asked is not null;

    /// <summary>True while a login or a renewal is not decided.</summary>
    public bool IsPending => _question is not null;

    /// <summary>Handles <c>login</c>.</summary>
    /// <param name="command">The command.</param>
    /// <param name="arrived">When it arrived, in milliseconds since 1970, UTC.</param>
    /// <returns>True if further lines wait for the answer.</returns>
    public bool LogIn(in Command command, long arrived)
    {
        if (session.Current is not null)
            return Refuse(command.IsJson, ErrorCode.AlreadyLoggedIn);
        UserName? name = null;
        if (!command.Name.IsEmpty || command.Token.IsEmpty)
        {
            name = UserName.TryCreate(command.Name);
            if (name is null)
                return Refuse(command.IsJson, ErrorCode.BadName, UserName.Explain(command.Name));
        }

        if (command.WantsAck && !session.HasMailbox)
            return Refuse(command.IsJson, ErrorCode.Unsupported, "this server keeps no mailboxes, so nothing can be acknowledged");
        return !command.IsJson && typed.AtLogin
            ? AskForPassword(name!, registers: false)
            : Ask(new LoginRequest(name, ProofOf(command), connection.Address, connection), new LoginQuestion(command.IsJson, LoginPurpose.LogIn, command.Format, command.WantsAck, arrived));
    }

    /// <summary>Handles <c>register</c>.</summary>
    /// <returns>True if further lines wait for the answer.</returns>
    public bool Register(in Command command)
    {
        if (session.Current is not null)
            return Refuse(command.IsJson, ErrorCode.AlreadyLoggedIn);
        if (UserName.TryCreate(command.Name) is not { } name)
            return Refuse(command.IsJson, ErrorCode.BadName, UserName.Explain(command.Name));
        return !command.IsJson && typed.AtRegistration
            ? AskForPassword(name, registers: true)
            : Register(name, new LoginProof.Password(command.Password.ToArray(), registers: true), command.IsJson);
    }

    /// <summary>Takes the line with the password that a person was asked for. It is no command, and is shown nowhere.</summary>
    /// <param name="line">The line.</param>
    /// <param name="isTooLong">True if the line was too long, and is not here.</param>
    /// <param name="arrived">When it arrived, in milliseconds since 1970, UTC.</param>
    /// <returns>True if further lines wait for the answer.</returns>
    public bool OnPassword(ReadOnlySpan<byte> line, bool isTooLong, long arrived)
    {
        var (name, registers) = _asked!.Value;
        _asked = null;
        replies.EndPassword();
        if (isTooLong || !System.Text.Unicode.Utf8.IsValid(line))
            return Refuse(isJson: false, isTooLong ? ErrorCode.LineTooLong : ErrorCode.BadUtf8);
        var proof = new LoginProof.Password(line.ToArray(), registers);
        return registers
            ? Register(name, proof, isJson: false)
            : Ask(new LoginRequest(name, proof, connection.Address, connection), new LoginQuestion(isJson: false, LoginPurpose.LogIn, DeliveryFormat.Text, acks: false, arrived));
    }

    /// <summary>Handles <c>renew</c>.</summary>
    /// <returns>True if further lines wait for the answer.</returns>
    public bool Renew(in Command command)
    {
        if (session.Current is not { } current)
            return Refuse(command.IsJson, ErrorCode.NotLoggedIn);
        if (current.Grant is not { IsToken: true })
            return Refuse(command.IsJson, ErrorCode.Unsupported, "this session was not begun with a token, and does not end with one");
        return Ask(
            new LoginRequest(null, ProofOf(command), connection.Address, connection, Renews: true),
            new LoginQuestion(command.IsJson, LoginPurpose.Renew, command.Format, acks: false, arrived: 0));
    }

    /// <summary>The policy decided. A verdict that nobody waits for any more is ignored.</summary>
    public void OnDecided(ConnectionMessage.LoginDecided decided)
    {
        if (_question != decided.Question)
            return;
        _question = null;
        Act(decided.Question, decided.Verdict);
    }

    private bool AskForPassword(UserName name, bool registers)
    {
        _asked = (name, registers);
        replies.AskForPassword();
        return false;
    }

    private bool Register(UserName name, LoginProof.Password proof, bool isJson) => Ask(
        new LoginRequest(name, proof, connection.Address, connection),
        new LoginQuestion(isJson, LoginPurpose.Register, DeliveryFormat.Text, acks: false, arrived: 0));

    /// <summary>Asks the policy, and acts at once if it knows the answer. If too many logins from the client's address failed, no further one is checked, and the connection
    /// ends.</summary>
    private bool Ask(LoginRequest request, LoginQuestion question)
    {
        if (question.Purpose != LoginPurpose.Renew && !addresses.MayLogIn(connection.Address))
        {
            if (request.Proof is LoginProof.Password { Bytes: var password })
                CryptographicOperations.ZeroMemory(password);
            connection.Budget.End();
            return false;
        }

        var check = policy.CheckAsync(request);
        if (check.IsCompletedSuccessfully)
        {
            CountFailure(check.Result);
            return Act(question, check.Result);
        }

        _question = question;
        check.AsTask().PipeTo(
            connection.Actor,
            success: verdict =>
            {
                // It counts here, because the client may be gone when the answer comes.
                CountFailure(verdict);
                return new ConnectionMessage.LoginDecided(question, verdict);
            },
            failure: _ => new ConnectionMessage.LoginDecided(question, LoginVerdict.Refuse(ErrorCode.Internal)));
        return true;
    }

    private bool Act(LoginQuestion question, LoginVerdict verdict)
    {
        if (!verdict.IsAccepted)
            return Refuse(verdict, question.IsJson);
        switch (question.Purpose)
        {
            case LoginPurpose.Renew:
                return Renew(verdict, question.IsJson);
            case LoginPurpose.Register:
                replies.Registered(question.IsJson, verdict.Display!);
                return false;
            default:
                var wanted = new LocalSession(verdict.User!, connection, question.Format, question.Acks, question.Arrived) { Grant = verdict.Grant };
                session.LogIn(wanted, replies.ToLogin(wanted, verdict.Display!, question.IsJson, time));
                return true;
        }
    }

    private bool Renew(LoginVerdict verdict, bool isJson)
    {
        if (session.Current is not { } current || !verdict.User!.Equals(current.User) || verdict.Grant is not { IsToken: true } grant)
            return Refuse(isJson, ErrorCode.BadToken, "the token is for another user");
        current.Grant = grant;
        replies.Renewed(grant.SecondsLeft(time) ?? 0);
        return false;
    }

    /// <summary>Copies what the client gave out of the line, which is used for the next one while the policy is asked.</summary>
    private static LoginProof? ProofOf(in Command command) =>
        !command.Token.IsEmpty ? new LoginProof.Token(Encoding.UTF8.GetString(command.Token))
        : !command.Password.IsEmpty ? new LoginProof.Password(command.Password.ToArray())
        : null;

    private bool Refuse(LoginVerdict verdict, bool isJson) => Refuse(isJson, verdict.Error, verdict.Text);

    /// <summary>Counts a login that may have been a guess. Every thread may call it.</summary>
    private void CountFailure(LoginVerdict verdict)
    {
        if (verdict.Error is ErrorCode.LoginFailed or ErrorCode.BadToken)
            addresses.CountFailedLogin(connection.Address);
    }

    private bool Refuse(bool isJson, ErrorCode code, string? text = null)
    {
        connection.Budget.CountError();
        replies.Refuse(isJson, code, text);
        return false;
    }
}
