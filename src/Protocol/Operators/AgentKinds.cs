namespace ChatAkka.Protocol.Operators;

/// <summary>The kinds of questions to agents of members; <see cref="Internode.AgentQuestion.Kind"/>.</summary>
public static class AgentKinds
{
    /// <summary>Asks a node for a <see cref="NodeReport"/>.</summary>
    public const string Node = "node";

    /// <summary>Asks a node for a <see cref="SessionsReport"/>, given a <see cref="SessionsQuestion"/>.</summary>
    public const string Sessions = "sessions";

    /// <summary>Asks a node for a <see cref="PlaceReport"/>, given a <see cref="NameQuestion"/>.</summary>
    public const string Place = "place";

    /// <summary>Asks a node for a <see cref="DepthReport"/>, given a <see cref="NameQuestion"/>.</summary>
    public const string Depth = "depth";

    /// <summary>Asks a node for a <see cref="TraceReport"/>, given a <see cref="NameQuestion"/> with the message's id.</summary>
    public const string Trace = "trace";

    /// <summary>Tells a node to end a user's session, given a <see cref="NameQuestion"/>. Answered with a <see cref="DoneReport"/>.</summary>
    public const string Kick = "kick";

    /// <summary>Tells a node to send a chat, given a <see cref="SendQuestion"/>. Answered with a <see cref="DoneReport"/>.</summary>
    public const string Send = "send";

    /// <summary>Begins, ends or reads the drain of a node, given a <see cref="DrainQuestion"/>. Answered with a
    /// <see cref="DrainReport"/>.</summary>
    public const string Drain = "drain";

    /// <summary>Asks or changes an account, given an <see cref="AccountOrderQuestion"/>. Answered with an <see cref="AccountReport"/>.</summary>
    public const string Account = "account";

    /// <summary>Asks a node for an <see cref="AccountsReport"/>, given a <see cref="SessionsQuestion"/>.</summary>
    public const string Accounts = "accounts";

    /// <summary>Asks a node for a <see cref="LoginsReport"/>.</summary>
    public const string Logins = "logins";

    /// <summary>Asks a process with the role relay for a <see cref="RelayReport"/>.</summary>
    public const string Relay = "relay";
}
