using System.Globalization;
using ChatAkka.RedisAccess;
using ChatAkka.TestSupport;

namespace ChatAkka.Cluster.Tests;

/// <summary>A built node or relay in a process of its own, on ports that nobody uses.</summary>
internal sealed class TestNode : IAsyncDisposable
{
    // Tests use ports that nobody uses; the flag --pbm beats this.
    private static readonly (string, string) s_noPbm = ("CHATAKKA__PETABRIDGE__CMD__ENABLED", "off");

    // On a busy machine the first mailbox may take longer than a client should wait; what tests say of the answer to a login is what the mailbox says.
    private static readonly (string, string) s_patientLogin = ("CHATAKKA__CHAT__MAILBOX__LOGIN_PATIENCE", "10s");

    // Tests let one sender fill a mailbox.
    private static readonly (string, string) s_oneSender = ("CHATAKKA__CHAT__MAILBOX__SENDER_SHARE", "90");

    private readonly List<string> _arguments;
    private readonly (string, string)[] _environment;
    private readonly string _program;

    private TestNode(string program, List<string> arguments, (string, string)[] environment)
    {
        _program = program;
        _arguments = arguments;
        _environment = environment;
        Process = Run();
    }

    public ServerProcess Process { get; private set; }

    public string Clients { get; private init; } = "";

    public string Cluster { get; private init; } = "";

    /// <summary>The connection string of its embedded store, for other processes.</summary>
    public string Store { get; private init; } = "";

    /// <summary>Starts a node with its own embedded store.</summary>
    public static TestNode Alone(TempFolder data, int? storePort = null, params string[] more) => Alone(data.Path, storePort, more);

    /// <summary>Starts a node with its own embedded store in a directory.</summary>
    public static TestNode Alone(string directory, int? storePort = null, params string[] more)
    {
        var clients = Loopback(FreePorts.Next());
        var cluster = Loopback(FreePorts.Next());
        var store = Loopback(storePort ?? FreePorts.Next());
        return new TestNode("ChatAkka.Node", ["--listen", clients, "--cluster", cluster, "--data", directory, .. more],
            [("CHATAKKA__CHAT__REDIS__EMBEDDED__ADDRESS", store), s_patientLogin, s_oneSender])
        {
            Clients = clients,
            Cluster = cluster,
            Store = EmbeddedStorePassword.Connection(directory, store),
        };
    }

    /// <summary>Starts a node that shares a Redis.</summary>
    public static TestNode Node(string redis, string? join, params string[] more)
    {
        var clients = Loopback(FreePorts.Next());
        var cluster = Loopback(FreePorts.Next());
        return new TestNode("ChatAkka.Node", ["--listen", clients, "--cluster", cluster, "--redis", Patience.With(redis), .. Join(join), .. more], [s_patientLogin, s_oneSender])
        {
            Clients = clients,
            Cluster = cluster,
        };
    }

    /// <summary>Starts a relay.</summary>
    public static TestNode Relay(string redis, string? join = null, string? cluster = null, params string[] more)
    {
        cluster ??= Loopback(FreePorts.Next());
        return new TestNode("ChatAkka.Relay", ["--cluster", cluster, "--redis", Patience.With(redis), .. Join(join), .. more], []) { Cluster = cluster };
    }

    /// <summary>Runs a program to its end.</summary>
    public static async Task<(int ExitCode, string Output)> RunToEndAsync(string program, string[] arguments, params (string, string)[] environment)
    {
        await using var process = ServerProcess.Start("dotnet", [Programs.PathOf(program), .. arguments], [s_noPbm, .. environment]);
        var code = await process.ExitAsync();
        return (code, process.Output);
    }

    /// <summary>Runs it once more while it runs, as somebody by mistake, to the end of the second.</summary>
    public async Task<(int ExitCode, string Output)> RunTwinAsync()
    {
        await using var twin = Run();
        var code = await twin.ExitAsync();
        return (code, twin.Output);
    }

    public Task ReadyAsync() => Process.WaitForAsync("is ready");

    /// <summary>Starts it once more, as a supervisor would.</summary>
    public async Task StartAgainAsync()
    {
        await Process.DisposeAsync();
        Process = Run();
    }

    public ValueTask DisposeAsync() => Process.DisposeAsync();

    // Tests found many clusters on a Redis of their own: they need not wait for members that might speak.
    private ServerProcess Run() => ServerProcess.Start(
        "dotnet", [Programs.PathOf(_program), .. _arguments], [s_noPbm, ("CHATAKKA__CHAT__CLUSTER__FOUND_AFTER", "500ms"), .. _environment]);

    private static string[] Join(string? join) => join is null ? [] : ["--join", join];

    private static string Loopback(int port) => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}");
}
