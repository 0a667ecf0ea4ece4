using System.Text;
using ChatAkka.Protocol.Client;

namespace ChatAkka.Protocol.Tests;

public class AnswersSpecs
{
    [Theory]
    [InlineData("", "ERROR server_closing this server takes no more clients; no other takes clients now, try again in 2 s\n")]
    [InlineData("a:1", "ERROR server_closing this server takes no more clients; connect to a:1\n")]
    [InlineData("a:1,b:2,c:3", "ERROR server_closing this server takes no more clients; connect to a:1 or b:2 or c:3\n")]
    public void Should_tell_a_person_in_text_where_to_go(string nodes, string line) => Elsewhere(json: false, nodes).ShouldBe(line);

    [Theory]
    [InlineData("", "{\"error\":\"server_closing\",\"try\":[],\"retry_after_ms\":1200}\n")]
    [InlineData("a:1,b:2", "{\"error\":\"server_closing\",\"try\":[\"a:1\",\"b:2\"],\"retry_after_ms\":1200}\n")]
    public void Should_tell_a_program_in_JSON_where_to_go(string nodes, string line) => Elsewhere(json: true, nodes).ShouldBe(line);

    [Fact]
    public void Should_say_that_a_chat_is_stored_with_its_id_or_to_a_person_with_its_recipient()
    {
        Write(to => Answers.Stored(to, json: true, "17"u8, "bob"u8)).ShouldBe("{\"ok\":\"chat\",\"id\":17,\"receipt\":\"stored\"}\n");
        Write(to => Answers.Stored(to, json: false, "17"u8, "bob"u8)).ShouldBe("OK stored for bob\n");
    }

    private static string Elsewhere(bool json, string nodes) => Write(to => Answers.TryElsewhere(
        to, json, ErrorCode.ServerClosing, nodes.Split(',', StringSplitOptions.RemoveEmptyEntries), TimeSpan.FromSeconds(1.2)));

    private static string Write(Action<Utf8Buffer> write)
    {
        var to = new Utf8Buffer();
        write(to);
        return Encoding.UTF8.GetString(to.Written);
    }
}
