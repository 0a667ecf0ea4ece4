using ChatAkka.TestSupport;

namespace ChatAkka.Management.Tests;

/// <summary>Accounts, from <c>pbm</c> to the session of a client.</summary>
public sealed class AccountSpecs(AccountSpecs.AccountTrio cluster) : IClassFixture<AccountSpecs.AccountTrio>
{
    private const string Password = "correct horse";

    [Fact]
    public async Task Should_add_change_close_open_remove_and_list_accounts()
    {
        (await WithPasswordAsync(Password, "add", "acc-ann")).Output.ShouldContain("account of acc-ann: added");
        (await WithPasswordAsync(Password, "add", "acc-ann")).Code.ShouldNotBe(0);
        using (var ann = await LoginAsync("acc-ann", Password, cluster.B.Clients))
        {
            (await cluster.RunAsync("chat", "account", "disable", "acc-ann")).Output.ShouldContain("disabled");
            (await ann.LineAsync()).ShouldStartWith("""{"error":"account_closed",""");
        }

        (await RefusalAsync("acc-ann", Password)).ShouldStartWith("""{"error":"login_failed",""");
        (await cluster.RunAsync("chat", "account", "list")).Output.ShouldContain("acc-ann\tdisabled");
        await cluster.RunAsync("chat", "account", "enable", "acc-ann");
        (await WithPasswordAsync("another horse", "passwd", "acc-ann")).Output.ShouldContain("has a new password");
        (await RefusalAsync("acc-ann", Password)).ShouldStartWith("""{"error":"login_failed",""");
        using (var ann = await LoginAsync("acc-ann", "another horse", cluster.C.Clients))
        {
            (await cluster.RunAsync("chat", "account", "remove", "acc-ann")).Output.ShouldContain("removed");
            (await ann.LineAsync()).ShouldStartWith("""{"error":"account_closed",""");
        }

        (await RefusalAsync("acc-ann", "another horse")).ShouldStartWith("""{"error":"login_failed",""");
        (await cluster.RunAsync("chat", "account", "list")).Output.ShouldNotContain("acc-ann");
        (await cluster.RunAsync("chat", "logins")).Output.ShouldContain("\ton\t");
        foreach (var node in new[] { cluster.A, cluster.B, cluster.C })
            node.Process.Output.ShouldNotContain("horse");
    }

    [Fact]
    public async Task Should_take_no_password_from_a_command_line_and_none_that_is_short()
    {
        var given = await cluster.RunAsync("chat", "account", "add", "acc-bob", "--password", Password);
        given.Code.ShouldNotBe(0);
        given.Errors.ShouldContain("cannot be given on a command line");
        (await WithPasswordAsync("short", "add", "acc-bob")).Errors.ShouldContain("8 to 1024 bytes");
        (await cluster.RunAsync("chat", "account", "disable", "acc-bob")).Errors.ShouldContain("there is no account of acc-bob");
    }

    [FactNeedsTerminal]
    public async Task Should_ask_twice_in_a_terminal_and_show_nothing()
    {
        await using var pbm = PbmProcess.StartInTerminal(cluster.Pbm[0], "chat", "account", "add", "acc-carol");
        await pbm.WaitForAsync("password, which is not shown:");
        await pbm.TypeAsync(Password + "\n");
        await pbm.WaitForAsync("password again:");
        await pbm.TypeAsync(Password + "\n");
        await pbm.WaitForAsync("account of acc-carol: added");
        pbm.Output.ShouldNotContain("horse");
        using var carol = await LoginAsync("acc-carol", Password, cluster.A.Clients);
    }

    [Fact]
    public async Task Should_ask_a_person_for_the_password()
    {
        await WithPasswordAsync(Password, "add", "acc-dave");
        using var dave = await ChatClient.ConnectAsync(cluster.A.Clients);
        await dave.SendAsync("login acc-dave");
        await dave.SendAsync(Password);
        (await dave.LineAsync()).ShouldContain("password: ");
        (await dave.LineAsync()).ShouldStartWith("OK login acc-dave");
    }

    private static async Task<ChatClient> LoginAsync(string name, string password, string node) =>
        await ChatClient.LoginAsync(node, name, $",\"password\":\"{password}\"");

    private async Task<string> RefusalAsync(string name, string password)
    {
        using var client = await ChatClient.ConnectAsync(cluster.A.Clients);
        await client.SendAsync($$"""{"cmd":"login","name":"{{name}}","password":"{{password}}"}""");
        return await client.LineAsync();
    }

    private async Task<PbmProcess.Result> WithPasswordAsync(string password, string action, string user)
    {
        await using var pbm = PbmProcess.Start(cluster.Pbm[0], "chat", "account", action, user);
        await pbm.TypeAsync(password + "\n");
        pbm.EndInput();
        return new PbmProcess.Result(await pbm.ExitAsync(), pbm.Output, pbm.Errors, TimeSpan.Zero);
    }

    /// <summary>Three nodes that take passwords and nothing else.</summary>
    public sealed class AccountTrio : TrioFixture, IDisposable
    {
        private readonly TempFolder _folder = new();

        /// <inheritdoc/>
        public void Dispose() => _folder.Dispose();

        /// <inheritdoc/>
        protected override string[] Arguments
        {
            get
            {
                var file = Path.Combine(_folder.Path, "auth.conf");
                File.WriteAllText(file, "chat.auth { mode = [password], password { memory = 1MiB, passes = 1 } }");
                return ["--config", file];
            }
        }
    }
}
