using ChatAkka.Node.Connections;
using ChatAkka.Node.Links;
using ChatAkka.Node.Sessions;
using ChatAkka.Node.Telemetry;
using ChatAkka.Protocol;
using ChatAkka.Protocol.Client;
using ChatAkka.Sessions;

namespace ChatAkka.Node.Clients;

/// <summary>Writes the lines to one client that are no answers to a login or a chat, in the form that the client uses. Not thread-safe.</summary>
/// <param name="outbound">The bytes that wait to be written to the client.</param>
/// <param name="here">Address at which this client reached this node.</param>
/// <param name="directory">Knows the other nodes.</param>
/// <param name="counters">Counts errors.</param>
internal sealed class ClientReplies(Outbound outbound, ClientAddress here, NodeDirectory directory, NodeCounters counters)
{
    /// <summary>True if the last command was JSON, false if it was typed; null if nothing came yet. A first line that is too long counts as JSON. Lines
    /// without a command take this form, and JSON if nothing came yet.</summary>
    public bool? SpeaksJson { get; set; }

    /// <summary>Tells a person how to begin.</summary>
    public void Greet() => outbound.Write(here.Text, Answers.Greeting);

    /// <summary>Makes the answer to a login. The sessions layer writes it.</summary>
    /// <param name="session">The session that the login asks for.</param>
    /// <param name="display">The user's name as the client wrote it.</param>
    /// <param name="isJson">True if the command was JSON, false if it was typed.</param>
    /// <param name="time">The clock.</param>
    public LoginAnswer ToLogin(LocalSession session, UserName display, bool isJson, TimeProvider time) => new(session, display, isJson, here.Text, counters, time);

    /// <summary>Answers <c>renew</c>.</summary>
    /// <param name="secondsLeft">The seconds until the new token ends.</param>
    public void Renewed(long secondsLeft) => outbound.Write(secondsLeft, Answers.Renewed);

    /// <summary>Answers <c>register</c>.</summary>
    public void Registered(bool isJson, UserName user) => outbound.Write((isJson, user), static (to, a) => Answers.Registered(to, a.isJson, a.user));

    /// <summary>Asks a person for a password, with the terminal's echo switched off.</summary>
    public void AskForPassword() => outbound.Write(0, static (to, _) => Answers.PasswordPrompt(to));

    /// <summary>Switches the terminal's echo on again.</summary>
    public void EndPassword() => outbound.Write(0, static (to, _) => Answers.EchoAgain(to));

    /// <summary>Answers <c>ping</c>.</summary>
    public void Pong(bool isJson) => outbound.Write(isJson, Answers.Pong);

    /// <summary>Answers <c>help</c>.</summary>
    public void Help(bool isJson) => outbound.Write(isJson, Answers.Help);

    /// <summary>Answers <c>who</c>.</summary>
    /// <param name="isJson">True if the command was JSON, false if it was typed.</param>
    /// <param name="user">The user.</param>
    /// <param name="outcome">What the registry said.</param>
    public void Who(bool isJson, UserName user, FindOutcome outcome)
    {
        if (outcome is FindOutcome.Unavailable)
        {
            Refuse(isJson, ErrorCode.RegistryUnavailable);
            return;
        }

        var where = outcome is FindOutcome.Found found ? directory.ClientAddressOf(found.Session.Owner.Node, here.Kind) : null;
        outbound.Write((isJson, user, where), static (to, a) => Answers.Who(to, a.isJson, a.user, a.where));
    }

    /// <summary>Answers a typed <c>who</c> without a name: the user is logged in here.</summary>
    public void OwnSession(UserName user) => outbound.Write((user, here.Text), static (to, a) => Answers.Who(to, json: false, a.user, a.Text));

    /// <summary>Answers a command with an error.</summary>
    /// <param name="isJson">True if the command was JSON, false if it was typed.</param>
    /// <param name="code">The error.</param>
    /// <param name="text">Its text for people; null for the standard text.</param>
    /// <param name="id">Id of the chat; empty if it has none.</param>
    public void Refuse(bool isJson, ErrorCode code, string? text = null, ReadOnlySpan<byte> id = default)
    {
        counters.Error(code);
        outbound.Write(
            new Refusal { IsJson = isJson, Code = code, Text = text, Id = id },
            static (to, r) => Answers.Error(to, r.IsJson, r.Code, r.Text, r.Id));
    }

    /// <summary>Closes the outbound buffer with a line that confirms the logout.</summary>
    public void CloseLoggedOut(bool isJson) => outbound.Close(to => Answers.LoggedOut(to, isJson));

    /// <summary>Closes the outbound buffer with a line that says why.</summary>
    /// <param name="reason">Why; <see cref="ErrorCode.None"/>: without a line.</param>
    public void Close(ErrorCode reason)
    {
        var isJson = SpeaksJson ?? true;
        switch (reason)
        {
            case ErrorCode.None:
                outbound.Close();
                break;
            case ErrorCode.ServerClosing or ErrorCode.CutOff:
                outbound.Close(to => directory.SendElsewhere(to, isJson, reason, here.Kind));
                break;
            default:
                counters.Error(reason);
                outbound.Close(to => Answers.Error(to, isJson, reason));
                break;
        }
    }

    private ref struct Refusal
    {
        public bool IsJson;
        public ErrorCode Code;
        public string? Text;
        public ReadOnlySpan<byte> Id;
    }
}
