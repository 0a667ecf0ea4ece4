using System.Text;
using Akka.TestKit.Xunit2;
using ChatAkka.Node.Limits;
using ChatAkka.Node.Sessions;
using ChatAkka.Node.Tests.Transport;
using ChatAkka.Node.Transport;
using ChatAkka.Protocol;
using ChatAkka.TestSupport;

namespace ChatAkka.Node.Tests.Limits;

/// <summary>How long lines may be before and after the login, also if they come together with it, however they are cut.</summary>
public class LineBoundSpecs() : TestKit("akka.loglevel = WARNING")
{
    private const int Most = ReadBuffer.Smallest;

    /// <summary>A line that may be so long only after the login.</summary>
    private static readonly string s_long = $$"""{"cmd":"ping","rest":"{{new string('x', 5000)}}"}""";

    [Fact]
    public async Task Should_refuse_a_long_line_before_the_login()
    {
        var listener = Listen();
        using var client = await listener.ConnectAsync();
        await client.SendRawAsync(new string('x', Most) + "\n" + new string('y', Most + 1) + "\n" + "ping\n");
        (await client.LineAsync()).ShouldStartWith("ERROR unknown_command");
        (await client.LineAsync()).ShouldStartWith("ERROR line_too_long");
        (await client.LineAsync()).ShouldBe("OK ping");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(25)]
    [InlineData(500)]
    [InlineData(100_000)]
    public async Task Should_take_long_lines_that_come_behind_a_login_before_it_is_answered(int piece)
    {
        var listener = Listen();
        using var client = await listener.ConnectAsync();
        var bytes = $$"""{"cmd":"login","name":"ann"}""" + "\n" + s_long + "\n" + s_long + "\n" + "ping\n";
        for (var at = 0; at < bytes.Length; at += piece)
            await client.SendRawAsync(bytes.Substring(at, Math.Min(piece, bytes.Length - at)));
        var claim = ExpectMsg<SessionMessage.ClaimSession>(Eventually.Limit);
        claim.Session.Connection.Actor.Tell(new SessionMessage.ClaimResult(ErrorCode.None, ReadsMailbox: false), TestActor);
        for (var i = 0; i < 2; i++)
            (await client.LineAsync()).ShouldBe("""{"ok":"ping"}""");
        (await client.LineAsync()).ShouldBe("OK ping");
    }

    [Fact]
    public async Task Should_answer_all_that_came_before_the_end_of_a_client_that_does_not_log_in()
    {
        var listener = Listen();
        using var client = await listener.ConnectAsync();
        var text = new StringBuilder();
        for (var i = 0; i < 1000; i++)
            text.Append("ping\n");
        await client.SendRawAsync(text.ToString());
        for (var i = 0; i < 1000; i++)
            (await client.LineAsync()).ShouldBe("OK ping");
    }

    private ListenerKit Listen() => new(
        this, new SocketTransportKit(), TimeProvider.System, limits: ConnectionLimits.None with { MaxLineBeforeLogin = Most }, maxLine: 64 * 1024);
}
