using System.Globalization;
using ChatAkka.Cluster.Tests;
using ChatAkka.TestSupport;

namespace ChatAkka.Management.Tests;

/// <summary>Accounts, from <c>pbm</c> to the session of a client, on two nodes that take passwords and nothing else.</summary>
public sealed class AccountSpecs(AccountSpecs.AccountPair nodes) : IClassFixture<AccountSpecs.AccountPair>
{
    private const string Password = "correct horse";
    private const string Other = "another horse";

    [Fact]
    public async Task Should_add_change_close_open_and_remove_accounts_and_keep_them_when_nodes_die_and_start_again()
    {
        (await WithPasswordAsync(Password, "add", "ann")).Output.ShouldContain("account of ann: added");
        (await WithPasswordAsync(Password, "add", "ann")).Errors.ShouldContain("there is an account of ann already");
        (await WithPasswordAsync(Password, "add", "admin")).Errors.ShouldContain("cannot be the name of an account");
        (await WithPasswordAsync("short", "add", "bob")).Errors.ShouldContain("8 to 1024 bytes");
        using (var ann = await LoginAsync("ann", Password, nodes.B))
        {
            (await RunAsync("disable", "ann")).Output.ShouldContain("disabled");
            (await ann.LineAsync()).ShouldStartWith("""{"error":"account_closed",""");
        }

        await RefusedAsync("ann", Password, nodes.A);
        (await RunAsync("list")).Output.ShouldContain("ann\tdisabled");
        (await RunAsync("enable", "ann")).Output.ShouldContain("enabled");
        using (var ann = await LoginAsync("ann", Password, nodes.B))
        {
            (await WithPasswordAsync(Other, "passwd", "ann")).Output.ShouldContain("has a new password");
            (await ann.LineAsync()).ShouldStartWith("""{"error":"password_changed",""");
        }

        await RefusedAsync("ann", Password, nodes.B);
        await TypeAsync("ann", Other, nodes.A);
        (await WithPasswordAsync(Password, "add", "gone")).Output.ShouldContain("added");
        (await RunAsync("remove", "gone")).Output.ShouldContain("removed");
        (await PbmProcess.RunAsync(nodes.Pbm, "chat", "logins", "--failures")).Errors.ShouldBeEmpty();
        (await PbmProcess.RunAsync(nodes.Pbm, "chat", "logins")).Lines[1].ShouldEndWith("\ton\t1\t0");

        // Accounts are spread over the nodes: some of these are on the one that dies.
        var names = Enumerable.Range(0, 6).Select(i => $"user{i}").ToList();
        foreach (var name in names)
            (await WithPasswordAsync(Password, "add", name)).Output.ShouldContain("added");
        nodes.B.Process.Signal("KILL");
        await nodes.B.Process.ExitAsync();
        foreach (var name in names)
            await Eventually.TrueAsync(() => CanLogInAsync(name, Password), $"{name} logs in after a node died");
        await nodes.A.StartAgainAsync();
        await nodes.A.ReadyAsync();
        foreach (var name in names)
            await Eventually.TrueAsync(() => CanLogInAsync(name, Password), $"{name} logs in after everything started again");
        (await RefusedAsync("gone", Password, nodes.A)).ShouldStartWith("""{"error":"login_failed",""");
        (await RunAsync("list")).Lines.Where(l => !l.StartsWith("dave", StringComparison.Ordinal)).ShouldBe(["ann\tenabled", .. names.Select(n => n + "\tenabled")]);
        foreach (var node in new[] { nodes.A, nodes.B })
            node.Process.Output.ShouldNotContain("horse");
    }

    [Fact]
    public async Task Should_take_no_password_from_a_command_line()
    {
        var given = await RunAsync("add", "carol", "--password", Password);
        given.Code.ShouldBe(2);
        given.Errors.ShouldContain("cannot be given on a command line");
        (await RunAsync("add", "carol", Password)).Errors.ShouldContain("must not stand on a command line");
        (await RunAsync("disable", "carol")).Errors.ShouldContain("there is no account of carol");
    }

    [FactNeedsTerminal]
    public async Task Should_ask_twice_in_a_terminal_and_show_nothing_also_when_it_is_cancelled()
    {
        await using (var pbm = PbmProcess.StartInTerminal(nodes.Pbm, "chat", "account", "add", "dave"))
        {
            await pbm.WaitForAsync("password, which is not shown:");
            await pbm.TypeAsync(Password + "\n");
            await pbm.WaitForAsync("password again:");
            await pbm.TypeAsync(Password + "\n");
            await pbm.WaitForAsync("account of dave: added");
            pbm.Output.ShouldNotContain("horse");
        }

        await using var cancelled = PbmProcess.StartInTerminal(nodes.Pbm, "chat", "account", "passwd", "dave");
        await cancelled.WaitForAsync("password, which is not shown:");
        await cancelled.TypeAsync("half a hor\u0003");
        (await cancelled.ExitAsync()).ShouldBe(2);
        cancelled.Output.ShouldContain("cancelled");
        cancelled.Output.ShouldNotContain("half");
    }

    private static async Task<ChatClient> LoginAsync(string name, string password, TestNode node) =>
        await ChatClient.LoginAsync(node.Clients, name, $",\"password\":\"{password}\"");

    private static async Task<string> AnswerAsync(string name, string password, TestNode node)
    {
        using var client = await ChatClient.ConnectAsync(node.Clients);
        await client.SendAsync($$"""{"cmd":"login","name":"{{name}}","password":"{{password}}"}""");
        return await client.LineAsync();
    }

    private static async Task<string> RefusedAsync(string name, string password, TestNode node)
    {
        var answer = await AnswerAsync(name, password, node);
        answer.ShouldStartWith("""{"error":"login_failed",""");
        return answer;
    }

    private static async Task TypeAsync(string name, string password, TestNode node)
    {
        using var client = await ChatClient.ConnectAsync(node.Clients);
        await client.SendAsync($"login {name}");
        await client.SendAsync(password);
        (await client.LineAsync()).ShouldContain("password: ");
        (await client.LineAsync()).ShouldStartWith($"OK login {name}");
    }

    private async Task<bool> CanLogInAsync(string name, string password) =>
        (await AnswerAsync(name, password, nodes.A)).StartsWith("""{"ok":"login",""", StringComparison.Ordinal);

    private Task<PbmProcess.Result> RunAsync(params string[] command) => PbmProcess.RunAsync([nodes.Pbm, "chat", "account", .. command]);

    private async Task<PbmProcess.Result> WithPasswordAsync(string password, string action, string user)
    {
        await using var pbm = PbmProcess.Start(nodes.Pbm, "chat", "account", action, user);
        await pbm.TypeAsync(password + "\n");
        pbm.EndInput();
        return new PbmProcess.Result(await pbm.ExitAsync(), pbm.Output, pbm.Errors, TimeSpan.Zero);
    }

    /// <summary>A node with an embedded store, and one that shares it.</summary>
    public sealed class AccountPair : IAsyncLifetime
    {
        private readonly TempFolder _data = new();

        internal TestNode A { get; private set; } = null!;

        internal TestNode B { get; private set; } = null!;

        internal string Pbm { get; } = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{FreePorts.Next()}");

        public async Task InitializeAsync()
        {
            var file = Path.Combine(_data.Path, "auth.conf");
            await File.WriteAllTextAsync(file, "chat.auth { mode = [password], password { memory = 1MiB, passes = 1 } }");
            A = TestNode.Alone(Path.Combine(_data.Path, "data"), null, "--pbm", Pbm, "--config", file);
            await A.ReadyAsync();
            B = TestNode.Node(A.Store, A.Cluster, "--config", file);
            await B.ReadyAsync();
        }

        public async Task DisposeAsync()
        {
            await B.DisposeAsync();
            await A.DisposeAsync();
            _data.Dispose();
        }
    }
}
