using System.Diagnostics;
using System.Text;
using ChatAkka.TestSupport;

namespace ChatAkka.Cluster.Tests;

/// <summary>The system's <c>telnet</c> in a terminal of its own, which <c>script</c> makes: what is on its screen, and what is typed.</summary>
internal sealed class TelnetTerminal : IAsyncDisposable
{
    public const string Interrupt = "\u0003";
    public const string Escape = "\u001d";
    public const string Delete = "\u007f";
    public const string Left = "\e[D";
    public const string Up = "\e[A";

    private readonly Process _process;
    private readonly StringBuilder _screen = new();
    private readonly Task _reading;

    private TelnetTerminal(Process process)
    {
        _process = process;
        _reading = ReadAsync();
    }

    /// <summary>Why tests that need it are skipped; null where both programs are installed.</summary>
    public static string? SkipReason => new[] { "telnet", "script" }.All(p => File.Exists($"/usr/bin/{p}")) ? null
        : "needs telnet and script (apt-get install telnet bsdutils)";

    private string Screen
    {
        get
        {
            lock (_screen)
                return _screen.ToString();
        }
    }

    /// <summary>Connects to HOST:PORT.</summary>
    public static async Task<TelnetTerminal> ConnectAsync(string address)
    {
        var info = new ProcessStartInfo("/usr/bin/script", ["-qefc", $"exec telnet {address.Replace(':', ' ')}", "/dev/null"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        info.Environment["TERM"] = "xterm";
        var terminal = new TelnetTerminal(Process.Start(info)!);
        await terminal.SeesAsync("Escape character is");
        return terminal;
    }

    /// <summary>Connects to HOST:PORT and logs in.</summary>
    public static async Task<TelnetTerminal> LoginAsync(string address, string name)
    {
        var terminal = await ConnectAsync(address);
        await terminal.TypeAsync($"login {name}\n");
        await terminal.SeesAsync($"OK login {name}");
        return terminal;
    }

    /// <summary>Types keys.</summary>
    public async Task TypeAsync(string keys)
    {
        await _process.StandardInput.WriteAsync(keys);
        await _process.StandardInput.FlushAsync();
    }

    /// <summary>Waits until a text is on the screen, so many times since telnet was started.</summary>
    public Task SeesAsync(string text, int times = 1) => Eventually.TrueAsync(
        () => Screen.Split(text).Length > times, $"'{text}', {times} times on the screen");

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        await _reading;
        _process.Dispose();
    }

    private async Task ReadAsync()
    {
        var buffer = new char[4096];
        while (await _process.StandardOutput.ReadAsync(buffer) is > 0 and var count)
        {
            lock (_screen)
                _screen.Append(buffer, 0, count);
        }
    }
}
