using System.Diagnostics;
using System.Text;
using ChatAkka.TestSupport;

namespace ChatAkka.Management.Tests;

/// <summary>The built <c>pbm</c> in a process of its own, with a home of its own, in a pipe or in a terminal.</summary>
internal sealed class PbmProcess : IAsyncDisposable
{
    private readonly TempFolder _home = new();
    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _errors = new();

    private PbmProcess(string file, IEnumerable<string> arguments)
    {
        var info = new ProcessStartInfo(file, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        info.Environment["HOME"] = _home.Path;
        info.Environment["TERM"] = "xterm";
        info.Environment["NO_COLOR"] = "1";
        info.Environment.Remove("XDG_STATE_HOME");
        _process = new Process { StartInfo = info };
        _process.OutputDataReceived += (_, e) => Note(_output, e.Data);
        _process.ErrorDataReceived += (_, e) => Note(_errors, e.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    private static string Program => Programs.PathOf("ChatAkka.Pbm");

    public string Output => Text(_output);

    public string Errors => Text(_errors);

    /// <summary>Starts it in pipes.</summary>
    public static PbmProcess Start(params string[] arguments) => new("dotnet", [Program, .. arguments]);

    /// <summary>Starts it in a pseudo-terminal; what is typed is written with <see cref="TypeAsync"/>.</summary>
    public static PbmProcess StartInTerminal(params string[] arguments) =>
        new("script", ["-qec", $"stty cols 200; exec dotnet '{Program}' {string.Join(' ', arguments.Select(a => $"'{a}'"))}", "/dev/null"]);

    /// <summary>Runs it to its end.</summary>
    public static async Task<Result> RunAsync(params string[] arguments)
    {
        var watch = Stopwatch.StartNew();
        await using var pbm = Start(arguments);
        pbm._process.StandardInput.Close();
        var code = await pbm.ExitAsync();
        return new Result(code, pbm.Output, pbm.Errors, watch.Elapsed);
    }

    /// <summary>Runs it to its end in a terminal; the output has both streams.</summary>
    public static async Task<Result> RunInTerminalAsync(params string[] arguments)
    {
        var watch = Stopwatch.StartNew();
        await using var pbm = StartInTerminal(arguments);
        var code = await pbm.ExitAsync();
        return new Result(code, pbm.Output, "", watch.Elapsed);
    }

    /// <summary>Types something.</summary>
    public async Task TypeAsync(string keys)
    {
        await _process.StandardInput.WriteAsync(keys);
        await _process.StandardInput.FlushAsync();
    }

    /// <summary>Ends the standard input.</summary>
    public void EndInput() => _process.StandardInput.Close();

    /// <summary>Sends it what Ctrl-C sends.</summary>
    public void Interrupt() => ServerProcess.Signal(_process.Id, "INT");

    public Task WaitForAsync(string text) => Eventually.TrueAsync(() => Task.FromResult(Output.Contains(text, StringComparison.Ordinal)), $"'{text}' in:\n{Output}");

    public async Task<int> ExitAsync()
    {
        using var limit = new CancellationTokenSource(Eventually.Limit);
        await _process.WaitForExitAsync(limit.Token);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
        _home.Dispose();
    }

    private static string Text(StringBuilder from)
    {
        lock (from)
            return from.ToString();
    }

    private static void Note(StringBuilder to, string? line)
    {
        if (line is null)
            return;
        lock (to)
            to.Append(line.TrimEnd('\r')).Append('\n');
    }

    /// <summary>What came of a run.</summary>
    public sealed record Result(int Code, string Output, string Errors, TimeSpan Elapsed)
    {
        public IReadOnlyList<string> Lines => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
