using ChatAkka.TestSupport;

namespace ChatAkka.Cluster.Tests;

/// <summary>What the programs say to their operator.</summary>
public class CommandLineSpecs
{
    [Fact]
    public async Task Should_list_every_bad_value_and_exit_2()
    {
        using var folder = new TempFolder();
        var file = Path.Combine(folder.Path, "bad.conf");
        await File.WriteAllTextAsync(file, "chat { listener { login-timeout = 5 }\n link { windo = 1MiB }\n routing = sideways }");
        var (code, output) = await TestNode.RunToEndAsync(
            "ChatAkka.Node",
            ["--listen", "nowhere", "--max-connections", "0", "--config", file],
            ("CHATAKKA__CHAT__CONNECTION__MAX_LINE", "64KB"),
            ("CHATAKKA__CHAT__NONSENSE", "1"));
        code.ShouldBe(2);
        string[] paths =
        [
            "chat.link.windo", "chat.nonsense", "chat.listener.address", "chat.listener.max-connections", "chat.listener.login-timeout", "chat.routing",
            "chat.connection.max-line",
        ];
        foreach (var path in paths)
            output.ShouldContain(path + ": ");
    }

    [Fact]
    public async Task Should_exit_2_and_say_what_to_set_when_everybody_on_a_network_could_be_anybody()
    {
        var (code, output) = await TestNode.RunToEndAsync("ChatAkka.Node", ["--listen", $"0.0.0.0:{FreePorts.Next()}"]);
        code.ShouldBe(2);
        output.ShouldContain("chat.auth.mode: is open");
        output.ShouldContain("chat.auth.open-to-network = on");
    }

    [Theory]
    [InlineData("ChatAkka.Node")]
    [InlineData("ChatAkka.Relay")]
    public async Task Should_exit_2_and_say_what_to_set_when_everybody_on_a_network_could_be_a_member(string program)
    {
        var (code, output) = await TestNode.RunToEndAsync(program, ["--cluster", $"10.1.2.3:{FreePorts.Next()}", "--redis", "127.0.0.1:1"]);
        code.ShouldBe(2);
        output.ShouldContain("chat.cluster.address: is 10.1.2.3:");
        output.ShouldContain("chat.cluster.cookie");
        output.ShouldContain("chat.cluster.open-to-network = on");
    }

    [Theory]
    [InlineData("ChatAkka.Node", "--nonsense")]
    [InlineData("ChatAkka.Relay", "--listen", "1:1")]
    [InlineData("ChatAkka.Relay")]
    [InlineData("ChatAkka.Node", "--join", "127.0.0.1:1")]
    [InlineData("ChatAkka.Node", "--roles", "relay")]
    public async Task Should_exit_2_for_a_command_line_that_cannot_work(string program, params string[] arguments)
    {
        var (code, output) = await TestNode.RunToEndAsync(program, arguments);
        code.ShouldBe(2);
        output.ShouldNotBeEmpty();
        output.ShouldNotContain("   at ");
    }

    [Theory]
    [InlineData("ChatAkka.Node", "--listen", "--join", "--redis", "--data", "--max-connections", "--roles", "--cluster", "--pbm", "--config", "--version")]
    [InlineData("ChatAkka.Relay", "--join", "--redis", "--cluster", "--pbm", "--config", "--version")]
    public async Task Should_explain_its_options(string program, params string[] options)
    {
        var (code, output) = await TestNode.RunToEndAsync(program, ["--help"]);
        code.ShouldBe(0);
        foreach (var option in options)
            output.ShouldContain(option);
        (code, output) = await TestNode.RunToEndAsync(program, ["--version"]);
        code.ShouldBe(0);
        output.ShouldMatch(@"^\d+\.\d+\.\d+\s*$");
    }

    [Fact]
    public async Task Should_not_share_a_data_directory_or_the_port_of_a_store_between_two_processes()
    {
        using var data = new TempFolder();
        var store = FreePorts.Next();
        await using var first = TestNode.Alone(data, store);
        await first.ReadyAsync();

        await using var sameData = TestNode.Alone(data);
        (await sameData.Process.ExitAsync()).ShouldBe(2);
        sameData.Process.Output.ShouldContain("--data");

        using var otherData = new TempFolder();
        await using var samePort = TestNode.Alone(otherData, store);
        (await samePort.Process.ExitAsync()).ShouldBe(2);
        samePort.Process.Output.ShouldContain($"chat.redis.embedded.address: 127.0.0.1:{store} is taken");
        TestPorts.Listeners(store).ShouldBe(1);
    }

    [Fact]
    public async Task Should_exit_2_when_the_data_is_damaged_and_start_with_what_can_be_read_when_told_to()
    {
        using var data = new TempFolder();
        var directory = Directory.CreateDirectory(Path.Combine(data.Path, "data")).FullName;
        await using (var node = TestNode.Alone(directory))
        {
            await node.ReadyAsync();
            using (var alice = await ChatClient.LoginAsync(node.Clients, "alice"))
            {
                await alice.SendAsync("""{"cmd":"chat","recv":"carol","content":"hi","id":1}""");
                (await alice.LineAsync()).ShouldContain("stored");
            }

            node.Process.Signal("KILL");
            await node.Process.ExitAsync();
        }

        await using (var log = File.Open(Path.Combine(directory, "AOF", "aof.log.0"), FileMode.Open))
        {
            log.Position = 1024;
            log.Write(new byte[512]);
        }

        await using (var damaged = TestNode.Alone(directory))
        {
            (await damaged.Process.ExitAsync()).ShouldBe(2);
            damaged.Process.Output.ShouldContain("aof.log.0 is damaged");
            damaged.Process.Output.ShouldContain("--data-recover");
        }

        await using var recovered = TestNode.Alone(directory, null, "--data-recover");
        await recovered.ReadyAsync();
        recovered.Process.Output.ShouldContain("It started with what can be read");
        Directory.GetDirectories(data.Path, "data.damaged-*").ShouldHaveSingleItem();
    }
}
