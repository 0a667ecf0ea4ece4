using System.Text;
using ChatAkka.Protocol.Client;
using CsCheck;

namespace ChatAkka.Protocol.Tests;

public class CommandParserSpecs
{
    private readonly CommandParser _parser = new();

    [Theory]
    [InlineData("login alice", CommandKind.Login)]
    [InlineData("LOGIN alice", CommandKind.Login)]
    [InlineData("chat bob hi", CommandKind.Chat)]
    [InlineData("who bob", CommandKind.Who)]
    [InlineData("ping", CommandKind.Ping)]
    [InlineData("help", CommandKind.Help)]
    [InlineData("who", CommandKind.Who)]
    [InlineData("who  ", CommandKind.Who)]
    [InlineData("quit", CommandKind.Logout)]
    [InlineData("exit", CommandKind.Logout)]
    [InlineData("Exit ", CommandKind.Logout)]
    [InlineData("logout", CommandKind.Logout)]
    [InlineData("  ", CommandKind.None)]
    [InlineData("""{"cmd":"login","name":"alice"}""", CommandKind.Login)]
    [InlineData("register alice", CommandKind.Register)]
    [InlineData("""{"cmd":"login","name":"alice","password":"p"}""", CommandKind.Login)]
    [InlineData("""{"cmd":"register","name":"alice","password":"p"}""", CommandKind.Register)]
    [InlineData("""{"cmd":"chat","recv":"bob","content":"hi"}""", CommandKind.Chat)]
    [InlineData("""{"content":"hi","x":{"y":[1,2]},"recv":"bob","cmd":"chat"}""", CommandKind.Chat)]
    [InlineData("""{"cmd":"ack","seq":3}""", CommandKind.Ack)]
    [InlineData("""{"cmd":"logout"}""", CommandKind.Logout)]
    [InlineData("""{"cmd":"forward","recv":5}""", CommandKind.Forward)]
    public void Should_know_every_command(string line, CommandKind kind)
    {
        var command = _parser.Parse(Encoding.UTF8.GetBytes(line));
        command.Error.ShouldBe(ErrorCode.None);
        command.Kind.ShouldBe(kind);
        command.IsJson.ShouldBe(line.StartsWith('{'));
    }

    [Theory]
    [InlineData("{", ErrorCode.BadJson)]
    [InlineData("{}{}", ErrorCode.BadJson)]
    [InlineData("""{"cmd":"ping"} x""", ErrorCode.BadJson)]
    [InlineData("""{"cmd":"chat","recv":"b","content":"\ud800"}""", ErrorCode.BadJson)]
    [InlineData("{}", ErrorCode.BadField)]
    [InlineData("""{"cmd":5}""", ErrorCode.BadField)]
    [InlineData("""{"cmd":"login"}""", ErrorCode.BadField)]
    [InlineData("""{"cmd":"login","name":{"a":1}}""", ErrorCode.BadField)]
    [InlineData("""{"cmd":"login","name":["a"]}""", ErrorCode.BadField)]
    [InlineData("""{"cmd":"login","name":"a","format":"xml"}""", ErrorCode.BadField)]
    [InlineData("""{"cmd":"login","name":"a","ack":1}""", ErrorCode.BadField)]
    [InlineData("""{"cmd":"login","name":"a","password":1}""", ErrorCode.BadField)]
    [InlineData("""{"cmd":"login","name":"a","password":"p","password":null}""", ErrorCode.BadField)]
    [InlineData("""{"cmd":"login","password":"p"}""", ErrorCode.BadField)]
    [InlineData("""{"cmd":"register","name":"a"}""", ErrorCode.BadField)]
    [InlineData("""{"cmd":"register","name":"a","password":""}""", ErrorCode.BadField)]
    [InlineData("register a b", ErrorCode.BadField)]
    [InlineData("""{"cmd":"chat","content":"x"}""", ErrorCode.BadField)]
    [InlineData("""{"cmd":"chat","recv":"b"}""", ErrorCode.BadField)]
    [InlineData("""{"cmd":"chat","recv":"b","content":null}""", ErrorCode.BadField)]
    [InlineData("""{"cmd":"chat","recv":"b","content":"x","send":7}""", ErrorCode.BadField)]
    [InlineData("""{"cmd":"chat","recv":"b","content":"x","id":1.5}""", ErrorCode.BadField)]
    [InlineData("""{"cmd":"chat","recv":"b","content":"x","id":""}""", ErrorCode.BadField)]
    [InlineData("""{"cmd":"ack","seq":-1}""", ErrorCode.BadField)]
    [InlineData("""{"cmd":"dance"}""", ErrorCode.UnknownCommand)]
    [InlineData("dance", ErrorCode.UnknownCommand)]
    [InlineData("login", ErrorCode.BadField)]
    [InlineData("login a b", ErrorCode.BadField)]
    [InlineData("chat bob", ErrorCode.BadField)]
    public void Should_refuse_with_the_right_code(string line, ErrorCode code) =>
        _parser.Parse(Encoding.UTF8.GetBytes(line)).Error.ShouldBe(code);

    [Theory]
    [InlineData("dance", "no such command; there are: login NAME | chat NAME TEXT | who [NAME] | ping | help | quit")]
    [InlineData("?", "no such command; there are: login NAME | chat NAME TEXT | who [NAME] | ping | help | quit")]
    [InlineData("login", "login needs one name, without white space: login NAME")]
    [InlineData("login a b", "login needs one name, without white space: login NAME")]
    [InlineData("who a b", "who takes one name, without white space: who NAME")]
    [InlineData("chat", "chat needs a name and a text: chat NAME TEXT")]
    [InlineData("chat bob", "chat needs a name and a text: chat NAME TEXT")]
    [InlineData("ping me", "nothing may stand behind ping")]
    [InlineData("exit now", "nothing may stand behind quit")]
    public void Should_say_to_who_types_what_would_be_right(string line, string text) =>
        _parser.Parse(Encoding.UTF8.GetBytes(line)).ErrorText.ShouldBe(text);

    [Fact]
    public void Should_need_a_name_to_ask_for_in_JSON() =>
        _parser.Parse("""{"cmd":"who"}"""u8).Error.ShouldBe(ErrorCode.BadField);

    [Fact]
    public void Should_refuse_what_is_not_UTF8()
    {
        var command = _parser.Parse([(byte)'{', 0xFF, (byte)'}']);
        command.Error.ShouldBe(ErrorCode.BadUtf8);
        command.IsJson.ShouldBeTrue();
    }

    [Fact]
    public void Should_refuse_a_typed_line_that_is_not_UTF8() =>
        _parser.Parse([.. "chat bob "u8, 0xFF]).Error.ShouldBe(ErrorCode.BadUtf8);

    [Theory]
    [InlineData("i", 64, ErrorCode.None)]
    [InlineData("i", 65, ErrorCode.BadField)]
    [InlineData("é", 64, ErrorCode.None)]
    [InlineData("é", 65, ErrorCode.BadField)]
    public void Should_take_an_id_of_64_characters_and_no_longer_one(string one, int count, ErrorCode code)
    {
        var id = string.Concat(Enumerable.Repeat(one, count));
        _parser.Parse(Encoding.UTF8.GetBytes($$"""{"cmd":"chat","recv":"b","content":"x","id":"{{id}}"}""")).Error.ShouldBe(code);
    }

    [Fact]
    public void Should_give_the_password_as_it_is_and_repeat_it_in_no_error()
    {
        Encoding.UTF8.GetString(_parser.Parse("""{"cmd":"login","name":"ann","password":" p\u00e9 \" {x"}"""u8).Password).ShouldBe(" pé \" {x");
        foreach (var line in new[] { "login ann secret", """{"cmd":"login","password":"secret"}""", """{"cmd":"login","name":"a","password":"secret"} x""", """{"cmd":"login","name":5,"password":"secret"}""" })
            (_parser.Parse(Encoding.UTF8.GetBytes(line)).ErrorText ?? "").ShouldNotContain("secret");
    }

    [Fact]
    public void Should_unescape_fields_and_keep_ids_in_one_form()
    {
        var command = _parser.Parse("""{"cmd":"chat","recv":"b\u006fb","content":"a\tb\u00e9","id":"x\u0022\u0041"}"""u8);
        Encoding.UTF8.GetString(command.Recipient).ShouldBe("bob");
        Encoding.UTF8.GetString(command.Content).ShouldBe("a\tbé");
        Encoding.UTF8.GetString(command.Id).ShouldBe("\"x\\\"A\"");
        Encoding.UTF8.GetString(_parser.Parse("""{"cmd":"chat","recv":"b","content":"","id":-17}"""u8).Id).ShouldBe("-17");
    }

    [Fact]
    public void Should_keep_every_blank_of_a_typed_message_but_the_first()
    {
        var command = _parser.Parse("chat bob   spaced  out "u8);
        Encoding.UTF8.GetString(command.Content).ShouldBe("  spaced  out ");
    }

    [Fact]
    public void Should_take_the_last_of_repeated_fields_also_when_escapes_fill_the_scratch()
    {
        var many = string.Concat(Enumerable.Repeat("\"content\":\"\\u0041\\u0042\",", 200));
        var command = _parser.Parse(Encoding.UTF8.GetBytes($$"""{"recv":"\u0062ob",{{many}}"cmd":"chat","id":"q"}"""));
        command.Error.ShouldBe(ErrorCode.None);
        Encoding.UTF8.GetString(command.Recipient).ShouldBe("bob");
        Encoding.UTF8.GetString(command.Content).ShouldBe("AB");
    }

    [Theory]
    [InlineData("""{"cmd":"logout","cmd":5}""", ErrorCode.BadField)]
    [InlineData("""{"cmd":"logout","cmd":"dance"}""", ErrorCode.UnknownCommand)]
    [InlineData("""{"cmd":5,"cmd":"logout"}""", ErrorCode.None)]
    [InlineData("""{"cmd":"login","name":"a","name":5}""", ErrorCode.BadField)]
    public void Should_let_the_last_of_a_repeated_field_count_also_when_its_type_is_wrong(string line, ErrorCode code) =>
        _parser.Parse(Encoding.UTF8.GetBytes(line)).Error.ShouldBe(code);

    [Fact]
    public void Should_read_repeated_fields_as_if_the_last_of_each_were_alone()
    {
        string[] names = ["cmd", "name", "recv", "content", "send", "id", "format", "ack", "seq", "other"];
        var value = Gen.OneOf(
            "\"login\"", "\"chat\"", "\"who\"", "\"ack\"", "\"logout\"", "\"text\"", "\"json\"", "\"bob\"", "\"b\\u006fb2\"", "\"\"", "5", "-1", "1.5", "true", "false", "null", "{\"cmd\":1}", "[2]");
        Gen.Select(Gen.OneOf(names), value).Array[0, 14].Sample(fields =>
        {
            var command = "{\"cmd\":\"" + new[] { "chat", "login", "ack", "who" }[fields.Length % 4] + "\"";
            var all = command + string.Concat(fields.Select(f => $",\"{f.Item1}\":{f.Item2}")) + "}";
            var last = fields.Reverse().DistinctBy(f => f.Item1).Reverse().ToList();
            var alone = (last.Any(f => f.Item1 == "cmd") ? "{\"x\":0" : command) + string.Concat(last.Select(f => $",\"{f.Item1}\":{f.Item2}")) + "}";
            Meaning(all).ShouldBe(Meaning(alone));
        });
    }

    /// <summary>What the parsed line asks for, or what is wrong with it; fields that its command does not use left out.</summary>
    private static string Meaning(string line)
    {
        var command = new CommandParser().Parse(Encoding.UTF8.GetBytes(line));
        var id = Encoding.UTF8.GetString(command.Id);
        if (command.Error != ErrorCode.None)
            return $"{command.Error} {command.ErrorText} {id}";
        var name = Encoding.UTF8.GetString(command.Name);
        return command.Kind switch
        {
            CommandKind.Login => $"login {name} {Encoding.UTF8.GetString(command.Password)} {command.Format} {command.WantsAck}",
            CommandKind.Who => $"who {name}",
            CommandKind.Ack => $"ack {command.Sequence}",
            CommandKind.Chat => $"chat {Encoding.UTF8.GetString(command.Recipient)} {Encoding.UTF8.GetString(command.Content)} {command.HasSender} {Encoding.UTF8.GetString(command.Sender)} {id}",
            _ => command.Kind.ToString(),
        };
    }

    [Fact]
    public void Should_answer_something_for_any_line() => Gen.OneOf(
            Gen.Byte.Array[0, 60],
            Gen.String[Gen.Char["{}[]\":,cmdchatrecvontl \\u0d8\n"], 0, 60].Select(s => Encoding.UTF8.GetBytes("{" + s)))
        .Sample(line =>
        {
            var command = _parser.Parse(line);
            return command.Error != ErrorCode.None || Enum.IsDefined(command.Kind);
        }, iter: 100_000, threads: 1);
}
