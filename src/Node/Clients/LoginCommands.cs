using System.Text;
using Akka.Actor;
using ChatAkka.Node.Connections;
using ChatAkka.Node.Limits;
using ChatAkka.Node.Logins;
using ChatAkka.Node.Sessions;
using ChatAkka.Protocol;
using ChatAkka.Protocol.Client;

namespace ChatAkka.Node.Clients;

/// <summary>Handles the commands of one client by which it logs in or renews its session: asks the login policy, and does what it decides.</summary>
/// <remarks>The connection's actor owns it. While the policy is asked, no further line of the client is handled.</remarks>
/// <param name="connection">The client's connection.</param>
/// <param name="session">The client's session.</param>
/// <param name="replies">Writes answers.</param>
/// <param name="policy">Decides who may log in, before the session is claimed.</param>
/// <param name="addresses">Bounds the logins from one address that fail.</param>
/// <param name="time">The clock.</param>
internal sealed class LoginCommands(ClientConnection connection, ClientSession session, ClientReplies replies, ILoginPolicy policy, AddressGate addresses, TimeProvider time)
{
    private LoginQuestion? _question;

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
        if (!MayBeChecked())
            return false;
        var check = policy.CheckAsync(new LoginRequest(name, ProofOf(command), connection.Address));
        if (check.IsCompletedSuccessfully)
            return OnLoginDecided(check.Result, command.IsJson, command.Format, command.WantsAck, arrived);
        return Await(check, new LoginQuestion(command.IsJson, isRenewal: false, command.Format, command.WantsAck, arrived));
    }

    /// <summary>Handles <c>renew</c>.</summary>
    /// <returns>True if further lines wait for the answer.</returns>
    public bool Renew(in Command command)
    {
        if (session.Current is not { } current)
            return Refuse(command.IsJson, ErrorCode.NotLoggedIn);
        if (current.Grant is null)
            return Refuse(command.IsJson, ErrorCode.Unsupported, "this session was not begun with a token, and does not end with one");
        if (!MayBeChecked())
            return false;
        var check = policy.CheckAsync(new LoginRequest(null, ProofOf(command), connection.Address));
        if (check.IsCompletedSuccessfully)
            return OnRenewalDecided(check.Result, command.IsJson);
        return Await(check, new LoginQuestion(command.IsJson, isRenewal: true, command.Format, acks: false, arrived: 0));
    }

    /// <summary>The policy decided. A verdict that nobody waits for any more is ignored.</summary>
    public void OnDecided(ConnectionMessage.LoginDecided decided)
    {
        var question = decided.Question;
        if (_question != question)
            return;
        _question = null;
        if (question.IsRenewal)
            OnRenewalDecided(decided.Verdict, question.IsJson);
        else
            OnLoginDecided(decided.Verdict, question.IsJson, question.Format, question.Acks, question.Arrived);
    }

    private bool OnLoginDecided(LoginVerdict verdict, bool isJson, DeliveryFormat format, bool acks, long arrived)
    {
        if (!verdict.IsAccepted)
            return Refuse(verdict, isJson);
        var wanted = new LocalSession(verdict.User!, connection, format, acks, arrived) { Grant = verdict.Grant };
        session.LogIn(wanted, replies.ToLogin(wanted, verdict.Display!, isJson, time));
        return true;
    }

    private bool OnRenewalDecided(LoginVerdict verdict, bool isJson)
    {
        if (!verdict.IsAccepted)
            return Refuse(verdict, isJson);
        if (session.Current is not { } current || !verdict.User!.Equals(current.User) || verdict.Grant is not { } grant)
            return Refuse(isJson, ErrorCode.BadToken, "the token is for another user");
        current.Grant = grant;
        replies.Renewed(grant.SecondsLeft(time));
        return false;
    }

    private bool Await(ValueTask<LoginVerdict> check, LoginQuestion question)
    {
        _question = question;
        check.AsTask().PipeTo(
            connection.Actor,
            success: verdict => new ConnectionMessage.LoginDecided(question, verdict),
            failure: _ => new ConnectionMessage.LoginDecided(question, LoginVerdict.Refuse(ErrorCode.Internal)));
        return true;
    }

    /// <summary>Copies what the client gave out of the line, which is used for the next one while the policy is asked.</summary>
    private static LoginProof? ProofOf(in Command command) => command.Token.IsEmpty ? null : new LoginProof.Token(Encoding.UTF8.GetString(command.Token));

    /// <summary>If too many logins from the client's address failed, no further one is checked, and the connection ends.</summary>
    private bool MayBeChecked()
    {
        if (addresses.MayLogIn(connection.Address))
            return true;
        connection.Budget.End();
        return false;
    }

    private bool Refuse(LoginVerdict verdict, bool isJson)
    {
        // The other errors say nothing about the client.
        if (verdict.Error is not (ErrorCode.Busy or ErrorCode.Internal or ErrorCode.RegistryUnavailable))
            addresses.CountFailedLogin(connection.Address);
        return Refuse(isJson, verdict.Error, verdict.Text);
    }

    private bool Refuse(bool isJson, ErrorCode code, string? text = null)
    {
        connection.Budget.CountError();
        replies.Refuse(isJson, code, text);
        return false;
    }
}
