using Akka.Actor;
using ChatAkka.Protocol.Internode;
using ChatAkka.TestSupport;

namespace ChatAkka.Cluster.Tests;

/// <summary>No actor goes on with less than it knew. Actors are made to fail from outside, as remoting allows.</summary>
public sealed class ActorFailureSpecs : IDisposable
{
    private readonly ActorSystem _killer = ActorSystem.Create(ClusterNames.System, """
        akka { loglevel = OFF, stdout-loglevel = OFF, actor.provider = remote, remote.dot-netty.tcp { hostname = 127.0.0.1, port = 0 } }
        """);

    public void Dispose() => _killer.Terminate().Wait(Eventually.Limit);

    [Theory]
    [InlineData("/user/node/registrar")]
    [InlineData("/user/relay/instance")]
    [InlineData("/user/cluster-entry")]
    public async Task Should_end_the_process_with_1_and_say_why_when_an_actor_fails_that_others_count_on(string path)
    {
        using var data = new TempFolder();
        await using var node = TestNode.Alone(data, null, "--config", AllowsKill(data));
        await node.ReadyAsync();
        await node.Process.WaitForAsync("Relay acts");
        using var alice = await ChatClient.LoginAsync(node.Clients, "alice");
        Fail(node, path);
        (await alice.LineAsync()).ShouldContain("cut_off");
        (await node.Process.ExitAsync()).ShouldBe(1, node.Process.Output);
        node.Process.Output.ShouldContain($"{path} failed");
        node.Process.Output.ShouldContain("exit code 1");
    }

    [Fact]
    public async Task Should_cut_off_the_client_whose_reader_or_connection_fails_and_serve_the_others()
    {
        using var data = new TempFolder();
        await using var node = TestNode.Alone(data, null, "--config", AllowsKill(data));
        await node.ReadyAsync();
        using var bob = await ChatClient.LoginAsync(node.Clients, "bob");
        var alice = await ChatClient.LoginAsync(node.Clients, "alice", ",\"ack\":true");
        await bob.SendAsync("""{"cmd":"chat","recv":"alice","content":"first","id":1}""");
        (await bob.LineAsync()).ShouldContain("stored");
        (await alice.LineAsync()).ShouldContain("first");

        // Alice has the second connection. What her reader knew is not known any more: she begins behind what she acknowledged.
        Fail(node, "/user/node/listener/$b/$*");
        (await alice.IsClosedAsync()).ShouldBeTrue();
        alice.Dispose();
        await bob.SendAsync("ping");
        (await bob.LineAsync()).ShouldContain("ping");
        using var again = await ChatClient.LoginAsync(node.Clients, "alice", ",\"ack\":true");
        (await again.LineAsync()).ShouldContain("first");

        Fail(node, "/user/node/listener/$*");
        (await bob.IsClosedAsync()).ShouldBeTrue();
        (await again.IsClosedAsync()).ShouldBeTrue();
        using var last = await ChatClient.LoginAsync(node.Clients, "bob");
        node.Process.HasExited.ShouldBeFalse();
        node.Process.Output.ShouldNotContain("exit code 1");
    }

    /// <summary>Writes a configuration with which an actor of another process may make an actor fail. Without it such a message is refused.</summary>
    private static string AllowsKill(TempFolder folder)
    {
        var file = Path.Combine(folder.Path, "kill.conf");
        File.WriteAllText(file, "akka.actor.serialization-settings.akka-misc.manifests = [ID, AID, RWHB, RWHR, K]");
        return file;
    }

    private void Fail(TestNode node, string path) => _killer.ActorSelection($"akka.tcp://{ClusterNames.System}@{node.Cluster}{path}").Tell(Kill.Instance);
}
