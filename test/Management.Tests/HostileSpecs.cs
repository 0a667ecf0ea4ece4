using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using ChatAkka.Cluster.Tests;
using ChatAkka.TestSupport;

namespace ChatAkka.Management.Tests;

/// <summary>What comes to the port and means no good, or has no token.</summary>
public sealed class HostileSpecs : IAsyncLifetime
{
    private const string Token = "an-open-secret";

    private readonly TempFolder _data = new();
    private readonly string _pbm = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{FreePorts.Next()}");
    private readonly string _file;
    private TestNode _node = null!;

    public HostileSpecs()
    {
        _file = Path.Combine(_data.Path, "token");
        File.WriteAllText(_file, Token + "\n");
    }

    public async Task InitializeAsync()
    {
        var config = Path.Combine(_data.Path, "pbm.conf");
        await File.WriteAllTextAsync(config, $"petabridge.cmd {{ token-file = \"{_file}\", lock-out-after = 3, lock-out-for = 3s }}");
        _node = TestNode.Alone(_data, null, "--pbm", _pbm, "--config", config);
        await _node.ReadyAsync();
    }

    public async Task DisposeAsync()
    {
        await _node.DisposeAsync();
        _data.Dispose();
    }

    [Fact]
    public async Task Should_live_through_garbage_half_frames_and_hundreds_of_connections()
    {
        using var alice = await ChatClient.LoginAsync(_node.Clients, "alice");
        var open = new List<Socket>();
        for (var i = 0; i < 200; i++)
        {
            var socket = await ConnectAsync();
            open.Add(socket);
            byte[] bytes = (i % 5) switch
            {
                0 => RandomNumberGenerator.GetBytes(500),
                1 => [0, 0, 0, 100, (byte)'{'],
                2 => [0x7f, 0xff, 0xff, 0xff],
                3 => "GET / HTTP/1.1\r\n\r\n"u8.ToArray(),
                _ => [],
            };
            try
            {
                await socket.SendAsync(bytes);
            }
            catch (SocketException)
            {
                // It was sent away before it came to that.
            }
        }

        await alice.SendAsync("""{"cmd":"chat","recv":"alice","content":"hi","id":"1"}""");
        (await alice.LineAsync()).ShouldContain("hi");
        (await alice.LineAsync()).ShouldContain("delivered");

        // All of them are gone when they did not say hello in time.
        await Eventually.TrueAsync(
            async () => (await PbmProcess.RunAsync(_pbm, "--token", Token, "cluster", "leader")).Code == 0, "there is room for who says hello");
        foreach (var socket in open)
            socket.Dispose();
        _node.Process.HasExited.ShouldBeFalse();
    }

    [Fact]
    public async Task Should_say_what_was_wrong_with_a_frame()
    {
        foreach (var (frame, word) in new[] { (new byte[] { 0x7f, 0xff, 0xff, 0xff }, "at most 65536"), (Frame("nonsense"), "not a message"), (Frame("{\"t\":\"cancel\",\"id\":1}"), "not hello") })
        {
            using var socket = await ConnectAsync();
            await socket.SendAsync(frame);
            var buffer = new byte[4096];
            var got = 0;
            int read;
            while ((read = await socket.ReceiveAsync(buffer.AsMemory(got))) > 0)
                got += read;
            System.Text.Encoding.UTF8.GetString(buffer, 4, got - 4).ShouldContain(word);
        }
    }

    [Fact]
    public async Task Should_want_the_token_and_lock_out_who_guesses()
    {
        (await PbmProcess.RunAsync(_pbm, "--token-file", _file, "cluster", "leader")).Code.ShouldBe(0);
        var without = await PbmProcess.RunAsync(_pbm, "cluster", "leader");
        without.Code.ShouldBe(3);
        without.Errors.ShouldContain("requires a token");

        for (var i = 0; i < 3; i++)
            (await PbmProcess.RunAsync(_pbm, "--token", "wrong", "cluster", "leader")).Errors.ShouldContain("the token is wrong");
        var locked = await PbmProcess.RunAsync(_pbm, "--token", Token, "cluster", "leader");
        locked.Code.ShouldBe(3);
        locked.Errors.ShouldContain("too many wrong tokens");
        await Eventually.TrueAsync(async () => (await PbmProcess.RunAsync(_pbm, "--token", Token, "cluster", "leader")).Code == 0, "the lock-out ends");
    }

    [Fact]
    public async Task Should_not_start_without_a_token_where_others_can_reach_it()
    {
        var (code, output) = await TestNode.RunToEndAsync("ChatAkka.Node", ["--pbm", "0.0.0.0:9110"]);

        code.ShouldBe(2);
        output.ShouldContain("petabridge.cmd.token: is needed, because petabridge.cmd.host is not a loopback address");
    }

    private static byte[] Frame(string body)
    {
        var frame = new byte[4 + body.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame, body.Length);
        System.Text.Encoding.ASCII.GetBytes(body, frame.AsSpan(4));
        return frame;
    }

    private async Task<Socket> ConnectAsync()
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPEndPoint.Parse(_pbm));
        return socket;
    }
}
