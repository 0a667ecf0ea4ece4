using ChatAkka.TestSupport;

namespace ChatAkka.Cluster.Tests;

/// <summary>Members that prove a cookie, in processes of their own.</summary>
public sealed class CookieSpecs : IDisposable
{
    private readonly TempFolder _data = new();
    private readonly TempFolder _files = new();

    [Fact]
    public async Task Should_let_members_with_the_cookie_chat_and_keep_out_one_with_another()
    {
        var (ours, theirs) = (ConfigOf("ours"), ConfigOf("theirs"));
        await using var a = TestNode.Alone(_data, null, "--config", ours);
        await a.ReadyAsync();
        a.Process.Output.ShouldContain("security: clients: TCP, open; cluster: cookie; store: embedded, password; pbm: off");
        await using var b = TestNode.Node(a.Store, a.Cluster, "--config", ours);
        await using var stranger = TestNode.Node(a.Store, a.Cluster, "--config", theirs);
        await b.ReadyAsync();
        using var alice = await ChatClient.LoginAsync(a.Clients, "alice");
        using var bob = await ChatClient.LoginAsync(b.Clients, "bob");
        await alice.SendAsync("""{"cmd":"chat","recv":"bob","content":"hi","id":"1"}""");
        (await bob.LineAsync()).ShouldContain("hi");
        (await alice.LineAsync()).ShouldContain("delivered");

        await stranger.Process.WaitForAsync("it has another cookie than this process: set chat.cluster.cookie to that of the cluster");
        await a.Process.WaitForAsync("A connection was refused that is not of a member of this cluster, from");
        stranger.Process.Output.ShouldNotContain("is ready");
        stranger.Process.Output.ShouldNotContain(File.ReadAllText(Path.Combine(_files.Path, "theirs")).Trim());
    }

    public void Dispose()
    {
        _data.Dispose();
        _files.Dispose();
    }

    private string ConfigOf(string name)
    {
        var (cookie, config) = (Path.Combine(_files.Path, name), Path.Combine(_files.Path, name + ".conf"));
        File.WriteAllText(cookie, TestCookie.New() + "\n");
        File.WriteAllText(config, $"chat.cluster.cookie-file = \"{cookie}\"");
        return config;
    }
}
