using System.Diagnostics;

namespace ChatAkka.Chaos.Lab;

/// <summary>Runs small commands.</summary>
internal static class Shell
{
    /// <summary>Runs a command to its end; gives what it printed.</summary>
    /// <exception cref="InvalidOperationException">It failed; the message has what it said.</exception>
    public static async Task<string> RunAsync(string file, params IEnumerable<string> arguments)
    {
        var list = arguments.ToList();
        using var process = Process.Start(new ProcessStartInfo(file, list) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0
            ? await output
            : throw new InvalidOperationException($"{file} {string.Join(' ', list)}: {await errors}");
    }
}
