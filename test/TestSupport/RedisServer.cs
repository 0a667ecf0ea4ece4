using System.Globalization;

namespace ChatAkka.TestSupport;

/// <summary>A redis-server of a test's own.</summary>
public sealed class RedisServer : IAsyncDisposable
{
    private static readonly string? s_program = new[] { "/usr/bin/redis-server", "/usr/local/bin/redis-server" }.FirstOrDefault(File.Exists);
    private readonly TempFolder _folder = new();
    private ServerProcess? _process;

    /// <summary>Why tests that need it are skipped; null where it is installed.</summary>
    public static string? SkipReason => s_program is null ? "needs redis-server (apt-get install redis-server)" : null;

    /// <summary>Its port; the same over restarts.</summary>
    public int Port { get; } = FreePorts.Next();

    /// <summary>Where it is, as HOST:PORT.</summary>
    public string Address => $"127.0.0.1:{Port}";

    /// <summary>Starts it, empty.</summary>
    public static async Task<RedisServer> StartAsync()
    {
        var server = new RedisServer();
        await server.RunAsync();
        return server;
    }

    /// <summary>Makes one that does not run yet.</summary>
    public static RedisServer NotStarted() => new();

    /// <summary>Starts it, empty; returns when it answers.</summary>
    /// <param name="more">Further arguments; the last of one name counts.</param>
    public async Task RunAsync(params string[] more)
    {
        _process = ServerProcess.Start(
            s_program!,
            ["--port", Port.ToString(CultureInfo.InvariantCulture), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", _folder.Path, .. more]);
        await _process.WaitForAsync("Ready to accept connections");
    }

    /// <summary>Sends it a signal, as <c>STOP</c>.</summary>
    public void Signal(string name) => _process!.Signal(name);

    /// <summary>Kills it with everything it holds.</summary>
    public async Task KillAsync()
    {
        await _process!.DisposeAsync();
        _process = null;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
            await _process.DisposeAsync();
        _folder.Dispose();
    }
}
