using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace ChatAkka.TestSupport;

/// <summary>A process that a test started; ended with the test, however that goes.</summary>
public sealed class ServerProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly Action<string>? _onLine;

    private ServerProcess(Process process, Action<string>? onLine)
    {
        _process = process;
        _onLine = onLine;
        _process.OutputDataReceived += (_, e) => Note(e.Data);
        _process.ErrorDataReceived += (_, e) => Note(e.Data);
    }

    /// <summary>Process id.</summary>
    public int Id => _process.Id;

    /// <summary>True where it has ended.</summary>
    public bool HasExited => _process.HasExited;

    /// <summary>Everything it printed so far.</summary>
    public string Output
    {
        get
        {
            lock (_output)
                return _output.ToString();
        }
    }

    /// <summary>Resident memory in bytes, read from /proc.</summary>
    public long ResidentBytes =>
        long.Parse(File.ReadAllText($"/proc/{Id}/statm").Split(' ')[1], CultureInfo.InvariantCulture) * Environment.SystemPageSize;

    /// <summary>Starts a program.</summary>
    /// <param name="file">The program.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="environment">Variables over this process's own.</param>
    public static ServerProcess Start(string file, IEnumerable<string> arguments, params (string Name, string Value)[] environment) =>
        Start(file, arguments, onLine: null, environment);

    /// <summary>Starts a program and hands over each line that it prints.</summary>
    /// <param name="file">The program.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="onLine">Given each line, on a thread of the pool.</param>
    /// <param name="environment">Variables over this process's own.</param>
    public static ServerProcess Start(
        string file, IEnumerable<string> arguments, Action<string>? onLine, params (string Name, string Value)[] environment)
    {
        var info = new ProcessStartInfo(file, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        foreach (var (name, value) in environment)
            info.Environment[name] = value;
        var server = new ServerProcess(new Process { StartInfo = info }, onLine);
        server._process.Start();
        server._process.BeginOutputReadLine();
        server._process.BeginErrorReadLine();
        server._process.StandardInput.Close();
        return server;
    }

    /// <summary>Waits until the output contains <paramref name="text"/>.</summary>
    /// <exception cref="InvalidOperationException">The process ended, or did not say it in time; the message has its output.</exception>
    public async Task WaitForAsync(string text)
    {
        var watch = Stopwatch.StartNew();
        while (!Output.Contains(text, StringComparison.Ordinal))
        {
            if (HasExited || watch.Elapsed > Eventually.Limit)
                throw new InvalidOperationException($"{(HasExited ? "it ended" : "it went on")} without saying '{text}':\n{Output}");
            await Task.Delay(20);
        }
    }

    /// <summary>Exit code of a process that has ended.</summary>
    public int ExitCode => _process.ExitCode;

    /// <summary>Sends a signal, as <c>TERM</c> or <c>KILL</c>.</summary>
    public void Signal(string name) => Signal(Id, name);

    /// <summary>Sends a signal to any process.</summary>
    /// <param name="process">Its id.</param>
    /// <param name="name">The signal, as TERM.</param>
    public static void Signal(int process, string name)
    {
        using var kill = Process.Start("kill", ["-" + name, process.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    /// <summary>Waits for the end; gives the exit code.</summary>
    public async Task<int> ExitAsync(TimeSpan? within = null)
    {
        using var limit = new CancellationTokenSource(within ?? Eventually.Limit);
        await _process.WaitForExitAsync(limit.Token);
        return _process.ExitCode;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private void Note(string? line)
    {
        if (line is null)
            return;
        lock (_output)
            _output.AppendLine(line);
        _onLine?.Invoke(line);
    }
}
