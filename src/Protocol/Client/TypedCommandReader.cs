using System.Text;

namespace ChatAkka.Protocol.Client;

/// <summary>Parses commands that people type: <c>login NAME</c>, <c>chat NAME TEXT</c>, <c>who NAME</c>, <c>who</c>, <c>ping</c>, <c>help</c>,
/// <c>quit</c>.</summary>
internal static class TypedCommandReader
{
    public static Command Read(ReadOnlySpan<byte> line)
    {
        var rest = line.TrimStart(" \t"u8);
        var verb = NextWord(ref rest);
        if (verb.IsEmpty)
            return new Command { Kind = CommandKind.None };
        if (Is(verb, "login"u8))
            return Named(CommandKind.Login, rest, "login needs one name, without white space: login NAME");
        if (Is(verb, "register"u8))
            return Named(CommandKind.Register, rest, "register needs one name, without white space: register NAME");
        if (Is(verb, "who"u8))
        {
            // Without a name, the command asks for the user's own session.
            return rest.Trim(" \t"u8).IsEmpty
                ? new Command { Kind = CommandKind.Who }
                : Named(CommandKind.Who, rest, "who takes one name, without white space: who NAME");
        }

        if (Is(verb, "chat"u8))
            return Chat(rest);
        if (Is(verb, "ping"u8))
            return Alone(CommandKind.Ping, rest, "nothing may stand behind ping");
        if (Is(verb, "help"u8))
            return new Command { Kind = CommandKind.Help };
        if (Is(verb, "quit"u8) || Is(verb, "exit"u8) || Is(verb, "logout"u8))
            return Alone(CommandKind.Logout, rest, "nothing may stand behind quit");
        if (Is(verb, "forward"u8))
            return new Command { Kind = CommandKind.Forward };
        return new Command { Error = ErrorCode.UnknownCommand, ErrorText = "no such command; there are: " + Answers.TypedCommands };
    }

    private static Command Chat(ReadOnlySpan<byte> rest)
    {
        var recipient = NextWord(ref rest);
        return recipient.IsEmpty || rest.IsEmpty
            ? new Command { Kind = CommandKind.Chat, Error = ErrorCode.BadField, ErrorText = "chat needs a name and a text: chat NAME TEXT" }
            : new Command { Kind = CommandKind.Chat, Recipient = recipient, Content = rest };
    }

    private static Command Named(CommandKind kind, ReadOnlySpan<byte> rest, string usage)
    {
        var name = NextWord(ref rest);
        return name.IsEmpty || !rest.Trim(" \t"u8).IsEmpty
            ? new Command { Kind = kind, Error = ErrorCode.BadField, ErrorText = usage }
            : new Command { Kind = kind, Name = name };
    }

    private static Command Alone(CommandKind kind, ReadOnlySpan<byte> rest, string usage) => rest.Trim(" \t"u8).IsEmpty
        ? new Command { Kind = kind }
        : new Command { Kind = kind, Error = ErrorCode.BadField, ErrorText = usage };

    /// <summary>Takes the next word and one blank after it. Further blanks belong to the rest, because a message may begin with blanks.</summary>
    private static ReadOnlySpan<byte> NextWord(scoped ref ReadOnlySpan<byte> rest)
    {
        var end = rest.IndexOfAny((byte)' ', (byte)'\t');
        var word = end < 0 ? rest : rest[..end];
        rest = end < 0 ? default : rest[(end + 1)..];
        return word;
    }

    private static bool Is(ReadOnlySpan<byte> verb, ReadOnlySpan<byte> name) => Ascii.EqualsIgnoreCase(verb, name);
}
