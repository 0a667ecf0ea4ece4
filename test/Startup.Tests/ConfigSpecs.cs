using System.Collections;
using Akka.Configuration;
using ChatAkka.TestSupport;

namespace ChatAkka.Startup.Tests;

public class ConfigSpecs
{
    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);

    [Theory]
    [InlineData("500ms", 500)]
    [InlineData("9s", 9000)]
    [InlineData("1.5s", 1500)]
    [InlineData("10m", 600_000)]
    [InlineData("1h", 3_600_000)]
    public void Should_read_durations_with_a_unit(string text, int milliseconds) =>
        Reader($"a = {text}").Duration("a", TimeSpan.Zero, TimeSpan.FromDays(1)).ShouldBe(TimeSpan.FromMilliseconds(milliseconds));

    [Theory]
    [InlineData("5")]
    [InlineData("\"\"")]
    [InlineData("soon")]
    [InlineData("2h")]
    [InlineData("-1s")]
    [InlineData("{ b = 1 }")]
    public void Should_refuse_durations_without_unit_or_out_of_range(string text)
    {
        var reader = Reader($"a = {text}");
        reader.Duration("a", TimeSpan.Zero, TimeSpan.FromHours(1));
        reader.Problems.ShouldHaveSingleItem().ShouldStartWith("a: ");
    }

    [Theory]
    [InlineData("64KiB", 65536)]
    [InlineData("64k", 65536)]
    [InlineData("2MiB", 2097152)]
    [InlineData("100B", 100)]
    public void Should_read_sizes_with_a_unit(string text, int bytes) => Reader($"a = {text}").Bytes("a", 1, int.MaxValue).ShouldBe(bytes);

    [Theory]
    [InlineData("64KB")]
    [InlineData("64")]
    [InlineData("3000MiB")]
    public void Should_refuse_other_sizes(string text)
    {
        var reader = Reader($"a = {text}");
        reader.Bytes("a", 1, 1 << 30);
        reader.Problems.ShouldHaveSingleItem();
    }

    [Fact]
    public void Should_list_every_problem_with_its_path()
    {
        var reader = Reader("n = x\nc = maybe\ne = nowhere\nl = [\"a:1\", \"b\"]");
        reader.Int("n", 0, 9);
        reader.Choice("c", "yes", "no");
        reader.Endpoint("e");
        reader.Endpoints("l");
        reader.Text("missing");
        reader.DurationOrOff("missing.too", s_second, s_second);
        Should.Throw<ConfigException>(reader.ThrowIfBad).Problems.ShouldBe(reader.Problems);
        reader.Problems.Select(p => p.Split(':')[0]).ShouldBe(["n", "c", "e", "l", "missing", "missing.too"]);
    }

    [Theory]
    [InlineData("127.0.0.1:80", "127.0.0.1", 80)]
    [InlineData("[::1]:80", "::1", 80)]
    [InlineData("host.example:0", "host.example", 0)]
    public void Should_read_endpoints(string text, string host, int port)
    {
        HostPort.TryParse(text).ShouldBe(new HostPort(host, port));
        HostPort.TryParse(text)!.ToString().ShouldBe(text);
    }

    [Theory]
    [InlineData("host")]
    [InlineData(":80")]
    [InlineData("host:65536")]
    [InlineData("::1:80")]
    [InlineData("a b:80")]
    public void Should_refuse_what_is_no_endpoint(string text) => HostPort.TryParse(text).ShouldBeNull();

    [Fact]
    public void Should_let_flags_beat_environment_beat_file_beat_shipped()
    {
        using var folder = new TempFolder();
        var file = Path.Combine(folder.Path, "my.conf");
        File.WriteAllText(file, "chat.redis { connection = \"file:1\", key-prefix = \"file\" }\nchat.relay.retry-interval = 9s");
        var environment = new Hashtable { ["CHATAKKA__CHAT__REDIS__KEY_PREFIX"] = "env", ["CHATAKKA__CHAT__RELAY__RETRY_INTERVAL"] = "8s", ["PATH"] = "x" };
        var config = ConfigLayers.Load(["relay.conf", "common.conf"], file, environment, [new("chat.relay.retry-interval", "7s")]).Config;
        config.GetString("chat.redis.connection").ShouldBe("file:1");
        config.GetString("chat.redis.key-prefix").ShouldBe("env");
        config.GetString("chat.relay.retry-interval").ShouldBe("7s");
        config.GetString("chat.cluster.address").ShouldBe("127.0.0.1:4053");
    }

    [Fact]
    public void Should_take_any_text_from_the_environment_as_it_is()
    {
        var environment = new Hashtable { ["CHATAKKA__CHAT__REDIS__CONNECTION"] = "h:1,password=a\"b\\c${x}#" };
        ConfigLayers.Load(["common.conf"], null, environment, []).Config.GetString("chat.redis.connection").ShouldBe("h:1,password=a\"b\\c${x}#");
    }

    [Fact]
    public void Should_list_every_unknown_path_of_every_layer()
    {
        using var folder = new TempFolder();
        var file = Path.Combine(folder.Path, "my.conf");
        File.WriteAllText(file, "chat.redis.conection = \"x\"\nakka.anything = 1");
        var environment = new Hashtable { ["CHATAKKA__CHAT__LISTENER__LOGIN_TIMEOU"] = "1s" };
        ConfigLayers.Load(["common.conf"], file, environment, []).Problems
            .ShouldBe(["chat.redis.conection: no such setting", "chat.listener.login-timeou: no such setting"], ignoreOrder: true);
    }

    [Theory]
    [InlineData("chat.listener {\n  idle-timeout = 5m\nchat.link.window = 2MiB", "line 1: '{' is not closed")]
    [InlineData("a {\n b {\n c = 1 }\n", "line 1: '{' is not closed")]
    [InlineData("a { b = 1 }\n}\nchat.link.window = 2MiB", "line 2: '}' closes nothing")]
    [InlineData("chat.cluster.join = [\"a:1\",\n \"b:1\"\nchat.link.window = 2MiB", "line 1: '[' is not closed")]
    [InlineData("a = [1, 2}\n", "line 1: '}' stands where '[' of line 1 is to be closed")]
    [InlineData("# a comment\nchat.redis.key-prefix = \"x\nchat.redis.connection = \"y\"", "line 2: a quote is not closed")]
    [InlineData("a = \"\"\"x\n\"\ny", "line 1: a quote is not closed")]
    [InlineData("a = \"x", "line 1: a quote is not closed")]
    [InlineData("a = \"x\\\"", "line 1: a quote is not closed")]
    public void Should_refuse_a_file_whose_braces_or_quotes_are_open_and_say_where(string text, string problem)
    {
        using var folder = new TempFolder();
        var file = Path.Combine(folder.Path, "my.conf");
        File.WriteAllText(file, text);
        ConfigLayers.Load(["common.conf"], file, new Hashtable(), []).Problems.ShouldBe([$"--config {file}: {problem}"]);
    }

    [Theory]
    [InlineData("a { b = 1 } # } { [ \"\n// { \"\nc = [1, { d = \"}]{\" }]")]
    [InlineData("a = \"\"\"{ \" \n [ \\\" \"\"\"\nb = ${a}\nc = ${?a}")]
    [InlineData("{ a = \"\", b = \"\\\"{\" }")]
    public void Should_take_a_file_whose_braces_stand_in_comments_and_quotes(string text) => HoconCheck.Find(text).ShouldBeNull();

    [Fact]
    public void Should_refuse_a_list_of_the_command_line_that_is_not_closed() =>
        ConfigLayers.Load(["common.conf"], null, new Hashtable(), [new("chat.cluster.join", "[\"a:1\"")]).Problems
            .ShouldBe(["chat.cluster.join: cannot be read from the command line (line 1: '[' is not closed)"]);

    [Theory]
    [InlineData("common.conf")]
    [InlineData("node.conf")]
    [InlineData("persistence.conf")]
    [InlineData("relay.conf")]
    public void Should_find_nothing_wrong_with_the_files_shipped(string name) =>
        HoconCheck.Find(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "hocon", name))).ShouldBeNull();

    [Theory]
    [InlineData("address = \"[::1]:4053\", join = []", "chat.cluster.address")]
    [InlineData("address = \"a:1\", join = \"b:1,[::1]:4053\"", "chat.cluster.join")]
    public void Should_refuse_members_with_IPv6_addresses(string text, string path)
    {
        var reader = Reader($"chat.cluster {{ {text}, roles = [], {Rest} }}");
        ClusterSettings.Create(reader, _ => ["node"], "node");
        reader.Problems.ShouldHaveSingleItem().ShouldStartWith($"{path}: has '[::1]:4053'");
    }

    [Theory]
    [InlineData("chat { a = 1 }, ]")]
    [InlineData(null)]
    public void Should_say_what_is_wrong_with_a_file(string? text)
    {
        using var folder = new TempFolder();
        var file = Path.Combine(folder.Path, "my.conf");
        if (text is not null)
            File.WriteAllText(file, text);
        ConfigLayers.Load(["common.conf"], file, new Hashtable(), []).Problems
            .ShouldHaveSingleItem().ShouldContain(file);
    }

    [Fact]
    public void Should_check_roles_and_addresses_of_the_cluster()
    {
        var reader = Reader($"chat.cluster {{ address = \"0.0.0.0:1\", join = \"a:1,b:2\", roles = [cook], {Rest} }}");
        ClusterSettings.Create(reader, _ => ["node"], "node");
        reader.Problems.Count.ShouldBe(3);
    }

    [Fact]
    public void Should_let_a_cluster_be_founded_by_the_first_on_the_list_or_where_there_is_none()
    {
        Cluster("chat.cluster { address = \"a:1\", join = [], roles = [] }").MayFound.ShouldBeTrue();
        Cluster("chat.cluster { address = \"a:1\", join = \"a:1,b:1\", roles = [] }").MayFound.ShouldBeTrue();
        Cluster("chat.cluster { address = \"a:1\", join = \"b:1,a:1\", roles = [] }").MayFound.ShouldBeFalse();
        Cluster("chat.cluster { address = \"a:1\", join = \"b:1,a:1\", roles = [] }").Others.ShouldBe(["b:1"]);
    }

    [Fact]
    public void Should_know_whether_it_joins_others()
    {
        Cluster("chat.cluster { address = \"a:1\", join = [], roles = [] }").JoinsOthers.ShouldBeFalse();
        Cluster("chat.cluster { address = \"a:1\", join = \"a:1\", roles = [] }").JoinsOthers.ShouldBeFalse();
        Cluster("chat.cluster { address = \"a:1\", join = \"a:1,b:1\", roles = [] }").JoinsOthers.ShouldBeTrue();
        Cluster("chat.cluster { address = \"a:1\", join = [\"b:1\"], roles = [] }").Roles.ShouldBe(["joins"]);
    }

    private const string Rest = "found-after = 3s, crash-probe { refusals = 3, interval = 50ms, timeout = 500ms, give-up-after = 2s }\n"
        + "cookie = \"\", cookie-file = \"\", tls { certificate = \"\", key = \"\", authorities = \"\" }\ntransition = off, open-to-network = on";

    private static ClusterSettings Cluster(string hocon) => ClusterSettings.Create(Reader(hocon), joins => [joins ? "joins" : "alone"], "");

    private static ConfigReader Reader(string hocon) => new(ConfigurationFactory.ParseString(hocon));
}
