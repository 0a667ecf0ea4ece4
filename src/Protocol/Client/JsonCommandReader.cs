using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace ChatAkka.Protocol.Client;

/// <summary>Reads a JSON command without making strings. Unknown fields are ignored. If a field is repeated, the last one counts.</summary>
internal sealed class JsonCommandReader
{
    private const string NameNeeded = "name must be given, as a string";
    private const string TokenNeeded = "token must be a string";
    private static readonly JsonReaderOptions s_options = new() { MaxDepth = 16 };
    private byte[] _scratch = new byte[256];
    private int _used;

    /// <summary>Fields of the protocol. When all fields are read, the reader checks whether the command has those that it needs.</summary>
    private enum Field
    {
        Other,
        Cmd,
        Name,
        Format,
        Ack,
        Recv,
        Content,
        Id,
        Send,
        Seq,
        Token,
        Password,
    }

    public Command Read(ReadOnlySpan<byte> line)
    {
        // Unescaped text is never longer than its part of the line. The token of an id can be longer, but has a maximum length.
        var need = line.Length + MessageId.MaxTokenBytes;
        if (_scratch.Length < need || _scratch.Length > 64 * 1024)
            _scratch = new byte[Math.Max(256, need)];
        _used = 0;

        var fields = default(Fields);
        var command = new Command { IsJson = true };
        try
        {
            var reader = new Utf8JsonReader(line, s_options);
            reader.Read();
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var field = FieldOf(ref reader);
                reader.Read();
                Take(field, ref reader, ref command, ref fields);
            }

            // Reads to the end of the line: anything after the object is an error.
            reader.Read();
        }
        catch (JsonException)
        {
            return new Command { IsJson = true, Error = ErrorCode.BadJson };
        }
        catch (InvalidOperationException)
        {
            // An escape contains half of a surrogate pair, which is not valid text.
            return new Command { IsJson = true, Error = ErrorCode.BadJson };
        }

        Check(ref command, fields);
        return command;
    }

    private static Field FieldOf(scoped ref Utf8JsonReader reader) =>
        reader.ValueTextEquals("cmd"u8) ? Field.Cmd
        : reader.ValueTextEquals("recv"u8) ? Field.Recv
        : reader.ValueTextEquals("content"u8) ? Field.Content
        : reader.ValueTextEquals("send"u8) ? Field.Send
        : reader.ValueTextEquals("id"u8) ? Field.Id
        : reader.ValueTextEquals("name"u8) ? Field.Name
        : reader.ValueTextEquals("format"u8) ? Field.Format
        : reader.ValueTextEquals("ack"u8) ? Field.Ack
        : reader.ValueTextEquals("seq"u8) ? Field.Seq
        : reader.ValueTextEquals("token"u8) ? Field.Token
        : reader.ValueTextEquals("password"u8) ? Field.Password
        : Field.Other;

    /// <summary>Takes one field. It is longer than 40 lines, because it has a case for each field of the protocol.</summary>
    private void Take(Field field, scoped ref Utf8JsonReader reader, ref Command command, ref Fields fields)
    {
        var wrong = false;
        switch (field)
        {
            case Field.Cmd when reader.TokenType == JsonTokenType.String:
                fields.HasCommand = true;
                command.Kind = KindOf(ref reader);
                break;
            case Field.Name when reader.TokenType == JsonTokenType.String:
                command.Name = TextOf(ref reader);
                fields.HasName = true;
                break;
            case Field.Token when reader.TokenType == JsonTokenType.String:
                command.Token = TextOf(ref reader);
                fields.HasToken = true;
                break;
            case Field.Password when reader.TokenType == JsonTokenType.String:
                command.Password = TextOf(ref reader);
                break;
            case Field.Recv when reader.TokenType == JsonTokenType.String:
                command.Recipient = TextOf(ref reader);
                fields.HasRecipient = true;
                break;
            case Field.Content when reader.TokenType == JsonTokenType.String:
                command.Content = TextOf(ref reader);
                fields.HasContent = true;
                break;
            case Field.Send when reader.TokenType == JsonTokenType.String:
                command.Sender = TextOf(ref reader);
                command.HasSender = true;
                break;
            case Field.Ack when reader.TokenType is JsonTokenType.True or JsonTokenType.False:
                command.WantsAck = reader.GetBoolean();
                break;
            case Field.Seq when reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var seq) && seq >= 0:
                command.Sequence = seq;
                fields.HasSequence = true;
                break;
            case Field.Format when reader.TokenType == JsonTokenType.String && reader.ValueTextEquals("text"u8):
                command.Format = DeliveryFormat.Text;
                break;
            case Field.Format when reader.TokenType == JsonTokenType.String && reader.ValueTextEquals("json"u8):
                command.Format = DeliveryFormat.Json;
                break;
            case Field.Id when TryId(ref reader, out var id):
                command.Id = id;
                break;
            case Field.Other:
                break;
            default:
                wrong = true;
                break;
        }

        if (wrong)
        {
            // The last field of a name counts. So if the last id is wrong, an earlier correct id is not used in the answer.
            fields.Wrong |= 1 << (int)field;
            if (field == Field.Id)
                command.Id = default;
        }
        else
            fields.Wrong &= ~(1 << (int)field);
        if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
            reader.Skip();
    }

    private static CommandKind KindOf(scoped ref Utf8JsonReader reader) =>
        reader.ValueTextEquals("chat"u8) ? CommandKind.Chat
        : reader.ValueTextEquals("login"u8) ? CommandKind.Login
        : reader.ValueTextEquals("ack"u8) ? CommandKind.Ack
        : reader.ValueTextEquals("renew"u8) ? CommandKind.Renew
        : reader.ValueTextEquals("register"u8) ? CommandKind.Register
        : reader.ValueTextEquals("who"u8) ? CommandKind.Who
        : reader.ValueTextEquals("ping"u8) ? CommandKind.Ping
        : reader.ValueTextEquals("help"u8) ? CommandKind.Help
        : reader.ValueTextEquals("logout"u8) || reader.ValueTextEquals("quit"u8) ? CommandKind.Logout
        : reader.ValueTextEquals("forward"u8) ? CommandKind.Forward
        : CommandKind.None;

    private static void Check(ref Command command, in Fields fields)
    {
        if (Lacks(fields, Field.Cmd, fields.HasCommand))
            Refuse(ref command, ErrorCode.BadField, "cmd must be given, as a string");
        else if (command.Kind == CommandKind.None)
            Refuse(ref command, ErrorCode.UnknownCommand, null);
        else if (command.Kind == CommandKind.Who && Lacks(fields, Field.Name, fields.HasName))
            Refuse(ref command, ErrorCode.BadField, NameNeeded);
        else if (command.Kind == CommandKind.Renew && Lacks(fields, Field.Token, fields.HasToken))
            Refuse(ref command, ErrorCode.BadField, TokenNeeded);
        else if (command.Kind is CommandKind.Login or CommandKind.Register)
            CheckLogin(ref command, fields);
        else if (command.Kind == CommandKind.Ack && Lacks(fields, Field.Seq, fields.HasSequence))
            Refuse(ref command, ErrorCode.BadField, "seq must be given, as a number from 0 on");
        else if (command.Kind == CommandKind.Chat)
            CheckChat(ref command, fields);
    }

    /// <summary>A login needs a name, or a token that names the user.</summary>
    private static void CheckLogin(ref Command command, in Fields fields)
    {
        if (fields.IsWrong(Field.Token))
            Refuse(ref command, ErrorCode.BadField, TokenNeeded);
        else if (fields.IsWrong(Field.Name) || (!fields.HasName && !fields.HasToken))
            Refuse(ref command, ErrorCode.BadField, NameNeeded);
        else if (fields.IsWrong(Field.Password) || (command.Kind == CommandKind.Register && command.Password.IsEmpty))
            Refuse(ref command, ErrorCode.BadField, "password must be a string");
        else if (fields.IsWrong(Field.Format))
            Refuse(ref command, ErrorCode.BadField, "format must be \"text\" or \"json\"");
        else if (fields.IsWrong(Field.Ack))
            Refuse(ref command, ErrorCode.BadField, "ack must be true or false");
    }

    private static void CheckChat(ref Command command, in Fields fields)
    {
        if (fields.IsWrong(Field.Id))
            Refuse(ref command, ErrorCode.BadField, "id must be a string of 1 to 64 characters or a whole number");
        else if (Lacks(fields, Field.Recv, fields.HasRecipient))
            Refuse(ref command, ErrorCode.BadField, "recv must be given, as a string");
        else if (Lacks(fields, Field.Content, fields.HasContent))
            Refuse(ref command, ErrorCode.BadField, "content must be given, as a string");
        else if (fields.IsWrong(Field.Send))
            Refuse(ref command, ErrorCode.BadField, "send must be a string");
    }

    private static bool Lacks(in Fields fields, Field field, bool has) => !has || fields.IsWrong(field);

    private static void Refuse(ref Command command, ErrorCode code, string? text)
    {
        command.Error = code;
        command.ErrorText = text;
    }

    private ReadOnlySpan<byte> TextOf(scoped ref Utf8JsonReader reader)
    {
        if (!reader.ValueIsEscaped)
            return reader.ValueSpan;
        var space = Space(reader.ValueSpan.Length);
        var written = reader.CopyString(space);
        _used += written;
        return space[..written];
    }

    private bool TryId(scoped ref Utf8JsonReader reader, out ReadOnlySpan<byte> token)
    {
        token = default;
        if (reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var number))
        {
            var space = Space(20);
            Utf8Formatter.TryFormat(number, space, out var length);
            _used += length;
            token = space[..length];
            return true;
        }

        if (reader.TokenType != JsonTokenType.String)
            return false;
        var text = TextOf(ref reader);
        if (text.Length is 0 or > MessageId.MaxLength * 4 || Encoding.UTF8.GetCharCount(text) > MessageId.MaxLength)
            return false;
        var quoted = Space(MessageId.MaxTokenBytes);
        var status = JavaScriptEncoder.UnsafeRelaxedJsonEscaping.EncodeUtf8(text, quoted[1..], out _, out var count);
        if (status != OperationStatus.Done)
            return false;
        quoted[0] = (byte)'"';
        quoted[count + 1] = (byte)'"';
        _used += count + 2;
        token = quoted[..(count + 2)];
        return true;
    }

    /// <summary>Gives the free part of the scratch buffer. Repeated fields may need more than was reserved at the start.</summary>
    private Span<byte> Space(int bytes)
    {
        if (_used + bytes > _scratch.Length)
        {
            // Earlier spans stay valid, because they keep the old array alive.
            _scratch = new byte[Math.Max(_scratch.Length * 2, bytes)];
            _used = 0;
        }

        return _scratch.AsSpan(_used);
    }

    private struct Fields
    {
        public bool HasCommand;
        public bool HasName;
        public bool HasToken;
        public bool HasRecipient;
        public bool HasContent;
        public bool HasSequence;
        public int Wrong;

        public readonly bool IsWrong(Field field) => (Wrong & (1 << (int)field)) != 0;
    }
}
