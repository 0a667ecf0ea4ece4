using System.Text;
using System.Text.Json;
using ChatAkka.Protocol.Client;
using CsCheck;

namespace ChatAkka.Protocol.Tests;

public class DeliverySpecs
{
    [Fact]
    public void Should_write_the_line_of_the_seed_byte_for_byte() =>
        Text("hi").ShouldBe("alice给您发了消息:hi\n");

    [Fact]
    public void Should_write_a_json_delivery()
    {
        var to = new Utf8Buffer();
        new DeliveryWriter(Template()).Write(to, DeliveryFormat.Json, Chat("a\"\u001b\n", "\"i1\""), 5);
        Encoding.UTF8.GetString(to.Written).ShouldBe(
            """{"cmd":"chat","send":"alice","content":"a\"\u001B\n","id":"i1","seq":5,"time":1700000000000}""" + "\n");
    }

    [Fact]
    public void Should_not_show_the_id_that_the_server_gave_to_a_typed_chat()
    {
        var to = new Utf8Buffer();
        new DeliveryWriter(Template()).Write(to, DeliveryFormat.Json, Chat("hi", "\"i1\"", isTyped: true), 5);
        Encoding.UTF8.GetString(to.Written).ShouldBe("""{"cmd":"chat","send":"alice","content":"hi","seq":5,"time":1700000000000}""" + "\n");
    }

    [Fact]
    public void Should_never_let_a_message_drive_a_terminal() => Gen.String.Sample(content =>
    {
        var line = Text(content);
        line.EndsWith('\n').ShouldBeTrue();
        line[..^1].Any(char.IsControl).ShouldBeFalse();
    });

    [Fact]
    public void Should_show_control_characters_as_pictures() =>
        Text("a\u001b[2J\r\n\t\u007f\u0085é").ShouldBe("alice给您发了消息:a␛[2J␍␊␉␡\uFFFDé\n");

    [Fact]
    public void Should_write_any_text_as_JSON_that_reads_back() => Gen.String.Sample(text =>
    {
        var clean = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
        var json = Encoding.UTF8.GetString(new Utf8Buffer().AppendJson(clean).Written);
        JsonSerializer.Deserialize<string>(json).ShouldBe(clean);
        json.ShouldNotContain('\n');
    });

    [Fact]
    public void Should_write_long_text_as_JSON_across_the_steps_of_the_encoder()
    {
        var text = string.Concat(Enumerable.Repeat("\"é😀\u0001", 20_000));
        JsonSerializer.Deserialize<string>(new Utf8Buffer().AppendJson(text).Written).ShouldBe(text);
    }

    [Theory]
    [InlineData("{content} from {send}", "hi from alice\n")]
    [InlineData("{content}{content}", "hihi\n")]
    public void Should_take_the_text_from_the_setting(string template, string line)
    {
        var to = new Utf8Buffer();
        new DeliveryWriter(DeliveryTemplate.TryParse(template)!).Write(to, DeliveryFormat.Text, Chat("hi", ""), 1);
        Encoding.UTF8.GetString(to.Written).ShouldBe(line);
    }

    [Theory]
    [InlineData("no place for it")]
    [InlineData("{content}\n")]
    public void Should_refuse_a_template_without_content_or_with_control_characters(string template) =>
        DeliveryTemplate.TryParse(template).ShouldBeNull();

    [Fact]
    public void Should_have_a_wire_form_for_every_error_code()
    {
        ErrorCodes.All.Select(c => c.Code).ShouldBe(Enum.GetValues<ErrorCode>().Where(c => c != ErrorCode.None));
        ErrorCodes.All.Select(c => c.Wire).ShouldBeUnique();
        foreach (var (code, wire, text) in ErrorCodes.All)
        {
            code.Wire().ShouldBe(wire);
            code.Text().ShouldBe(text);
        }
    }

    private static DeliveryTemplate Template() => DeliveryTemplate.TryParse(DeliveryTemplate.Seed)!;

    private static string Text(string content)
    {
        var to = new Utf8Buffer();
        new DeliveryWriter(Template()).Write(to, DeliveryFormat.Text, Chat(content, ""), 1);
        return Encoding.UTF8.GetString(to.Written);
    }

    private static ChatView Chat(string content, string id, bool isTyped = false) => new()
    {
        Origin = 1,
        Time = 1_700_000_000_000,
        IsTyped = isTyped,
        Attempt = 0,
        Sender = "alice"u8,
        Recipient = "bob"u8,
        Id = Encoding.UTF8.GetBytes(id),
        Content = Encoding.UTF8.GetBytes(content),
    };
}
