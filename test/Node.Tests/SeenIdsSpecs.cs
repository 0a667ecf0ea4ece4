using System.Text;
using ChatAkka.Node.Connections;

namespace ChatAkka.Node.Tests;

public class SeenIdsSpecs
{
    private readonly SeenIds _seen = new();

    [Fact]
    public void Should_know_a_chat_when_sender_and_id_are_the_same()
    {
        Add("ann", "1").ShouldBeTrue();
        Add("ann", "1").ShouldBeFalse();
        Add("bob", "1").ShouldBeTrue();
        Add("ann1", "1").ShouldBeTrue();
        Add("ann", "11").ShouldBeTrue();
        Add(new string('x', 2000), "1").ShouldBeTrue();
        Add(new string('x', 2000), "1").ShouldBeFalse();
    }

    [Fact]
    public void Should_forget_the_oldest_when_there_are_too_many()
    {
        for (var i = 0; i <= SeenIds.Most; i++)
            Add("ann", $"{i}").ShouldBeTrue();
        Add("ann", "1").ShouldBeFalse();
        Add("ann", "0").ShouldBeTrue();
    }

    [Fact]
    public void Should_take_a_chat_again_when_the_session_did_not_get_it()
    {
        Add("ann", "1");
        _seen.Remove("ann"u8, "1"u8);
        Add("ann", "1").ShouldBeTrue();
    }

    private bool Add(string sender, string id) => _seen.Add(Encoding.UTF8.GetBytes(sender), Encoding.UTF8.GetBytes(id));
}
