using System.Text;
using System.Text.Json;
using ChatAkka.Node.Clients;
using ChatAkka.Protocol;
using ChatAkka.Protocol.Client;
using CsCheck;

namespace ChatAkka.Node.Tests;

public class TypedIdsSpecs
{
    [Fact]
    public void Should_never_give_the_same_id_twice()
    {
        // Other nodes and starts of a node, other connections, other times: digits that run together must not make two the same.
        HashSet<string> all = [];
        foreach (var uid in new[] { 1, 0x11, 0x111, int.MaxValue, -1 })
        {
            foreach (var connection in new[] { 1L, 0x11, 0x111 })
            {
                foreach (var time in new[] { 1L, 0x11, 1_800_000_000_000 })
                {
                    var ids = new TypedIds(new NodeId("h", 1, uid), connection, time);
                    for (var i = 0; i < 20; i++)
                        all.Add(Encoding.UTF8.GetString(ids.Next())).ShouldBeTrue();
                }
            }
        }
    }

    [Fact]
    public void Should_give_an_id_that_no_client_can_choose() => Gen.Select(Gen.Int[1, 30], Gen.OneOf("", "~", "\\", "\\u007e", "\u007f")).Sample((number, before) =>
    {
        var ids = new TypedIds(new NodeId("h", 1, 77), 5, 1_800_000_000_000);
        var made = "";
        for (var i = 0; i < number; i++)
            made = Encoding.UTF8.GetString(ids.Next());
        made.Length.ShouldBeLessThanOrEqualTo(MessageId.MaxTokenBytes);

        // The same text, as a client writes it: in the server's own letters, and in others that JSON allows.
        var text = JsonSerializer.Deserialize<string>(made)!;
        foreach (var token in new[] { made, JsonSerializer.Serialize(text), JsonSerializer.Serialize(before + text), JsonSerializer.Serialize(before + made[1..^1]) })
        {
            var command = new CommandParser().Parse(Encoding.UTF8.GetBytes($$"""{"cmd":"chat","recv":"b","content":"x","id":{{token}}}"""));
            command.Error.ShouldBe(ErrorCode.None);
            Encoding.UTF8.GetString(command.Id).ShouldNotBe(made);
        }
    }, iter: 200);
}
