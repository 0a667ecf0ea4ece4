using Akka.Configuration;
using ChatAkka.Node.Logins;
using ChatAkka.Startup;
using ChatAkka.TestSupport;

namespace ChatAkka.Node.Tests;

/// <summary>The settings of authentication and of names.</summary>
public sealed class AuthSettingsSpecs : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("127.0.0.1", true)]
    [InlineData("127.8.0.1", true)]
    [InlineData("::1", true)]
    [InlineData("0.0.0.0", false)]
    [InlineData("10.0.0.1", false)]
    [InlineData("::", false)]
    public void Should_be_open_only_on_loopback(string host, bool isGood)
    {
        var reader = Reader("mode = [open]");
        AuthSettings.Create(reader, new HostPort(host, 9501)).IsOpen.ShouldBeTrue();
        if (isGood)
            reader.Problems.ShouldBeEmpty();
        else
            reader.Problems.ShouldHaveSingleItem().ShouldContain("chat.auth.open-to-network = on");
    }

    [Fact]
    public void Should_be_open_to_a_network_when_that_is_said()
    {
        var reader = Reader("mode = [open], open-to-network = on");
        AuthSettings.Create(reader, new HostPort("0.0.0.0", 9501)).IsOpen.ShouldBeTrue();
        reader.Problems.ShouldBeEmpty();
    }

    [Fact]
    public void Should_listen_anywhere_when_tokens_are_needed()
    {
        var secret = Secret();
        var reader = Reader($"mode = [token], token {{ issuer = i, audience = a, secret-files = [\"{secret}\"] }}");
        var settings = AuthSettings.Create(reader, new HostPort("0.0.0.0", 9501));
        reader.Problems.ShouldBeEmpty();
        settings.IsOpen.ShouldBeFalse();
        settings.Tokens!.SecretFiles.ShouldBe([secret]);
        settings.RenewGrace.ShouldBe(TimeSpan.FromSeconds(25));
        settings.ReservedNames.ShouldBe(["pbm", "system", "admin"]);
        settings.NamesAreSafe.ShouldBeFalse();
    }

    [Fact]
    public void Should_list_every_mistake_with_its_path()
    {
        var reader = Reader("""
            password { memory = 5, passes = 0, register = maybe, register-per-hour = 0 }
            mode = [token, password, magic], open-to-network = maybe, workers = 0, queue = none
            token { secret-files = ["/nowhere/a", "/nowhere/b"], jwks-file = "/nowhere/c", public-key-files = ["/nowhere/d"], max-lifetime = 91d, clock-skew = 1h, renew-grace = 5 }
            """);
        AuthSettings.Create(reader, new HostPort("127.0.0.1", 9501));
        foreach (var path in new[] { "mode: has 'magic'", "open-to-network", "workers", "queue", "password.memory", "password.passes", "password.register:", "password.register-per-hour", "token.issuer", "token.audience", "token.max-lifetime", "token.clock-skew", "token.renew-grace" })
            reader.Problems.ShouldContain(p => p.StartsWith("chat.auth." + path, StringComparison.Ordinal), path);
        foreach (var file in "abcd")
            reader.Problems.ShouldContain(p => p.Contains($"/nowhere/{file}: cannot be read", StringComparison.Ordinal));
    }

    [Fact]
    public void Should_hash_at_the_cost_of_OWASP_and_let_nobody_register_when_nothing_else_is_said()
    {
        var reader = Reader("mode = [password]");
        var settings = AuthSettings.Create(reader, new HostPort("0.0.0.0", 9501));
        reader.Problems.ShouldBeEmpty();
        settings.Passwords.ShouldBe(new PasswordSettings(Authentication.Passwords.HashCost.Owasp, MayRegister: false, RegisterPerHour: 10));
        settings.IsOpen.ShouldBeFalse();
        AuthSettings.Create(Reader("mode = [open]"), new HostPort("127.0.0.1", 9501)).Passwords.ShouldBeNull();
    }

    [Theory]
    [InlineData("[password]", "off", true)]
    [InlineData("[password, token]", "off", false)]
    [InlineData("[password, token]", "on", true)]
    public void Should_let_nobody_register_the_name_of_a_user_of_the_issuer(string modes, string otherNames, bool isGood)
    {
        var secret = Secret();
        var reader = Reader($"mode = {modes}, password.register = on, password.issuer-has-other-names = {otherNames}, token {{ issuer = i, audience = a, secret-files = [\"{secret}\"] }}");
        AuthSettings.Create(reader, new HostPort("127.0.0.1", 9501));
        if (isGood)
            reader.Problems.ShouldBeEmpty();
        else
            reader.Problems.ShouldHaveSingleItem().ShouldStartWith("chat.auth.password.register: is on, and chat.auth.mode has token");
    }

    [Theory]
    [InlineData(16, true)]
    [InlineData(17, false)]
    public void Should_bound_the_memory_that_all_workers_take_together(int workers, bool isGood)
    {
        var reader = Reader($"mode = [password], workers = {workers}, password.memory = 64MiB");
        AuthSettings.Create(reader, new HostPort("127.0.0.1", 9501));
        reader.Problems.Count.ShouldBe(isGood ? 0 : 1);
    }

    [Theory]
    [InlineData("mode = []", "chat.auth.mode: is empty")]
    [InlineData("mode = [token], token { issuer = i, audience = a }", "chat.auth.token: has no key")]
    public void Should_say_what_is_missing(string auth, string problem)
    {
        var reader = Reader(auth);
        AuthSettings.Create(reader, new HostPort("127.0.0.1", 9501));
        reader.Problems.ShouldContain(p => p.StartsWith(problem, StringComparison.Ordinal));
    }

    private string Secret()
    {
        var path = Path.Combine(_folder.Path, "secret");
        File.WriteAllText(path, new string('s', 40));
        return path;
    }

    private static ConfigReader Reader(string auth)
    {
        var shipped = ConfigurationFactory.ParseString(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "hocon", "node.conf")));
        return new ConfigReader(ConfigurationFactory.ParseString($"chat.auth {{ {auth} }}").WithFallback(shipped));
    }
}
