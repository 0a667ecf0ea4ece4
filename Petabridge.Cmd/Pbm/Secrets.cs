using System.Diagnostics;
using System.Text;
using ChatAkka.Management.Wire;

namespace ChatAkka.Management.Client;

/// <summary>Asks for what must not stand on a command line, where everybody on the machine can see it.</summary>
internal static class Secrets
{
    /// <summary>Adds the secrets that a command needs.</summary>
    /// <returns>What is wrong; null if nothing is.</returns>
    public static string? AddTo(List<string> arguments, CommandInfo command)
    {
        foreach (var secret in command.Arguments.Where(a => a.SecretFor is not null))
        {
            var name = secret.Switches[0];
            if (arguments.Any(a => secret.Switches.Any(s => a == s || a.StartsWith(s + "=", StringComparison.Ordinal))))
                return $"{name} cannot be given on a command line, which others can see: leave it out, and it is asked for, or read from standard input";
            if (arguments.Count == 0 || !secret.SecretFor!.Contains(arguments[0]))
                continue;
            var (text, problem) = Console.IsInputRedirected ? (Console.In.ReadLine(), null) : AskTwice(secret.Name);
            if (problem is not null || string.IsNullOrEmpty(text))
                return problem ?? $"{secret.Name} is empty";
            arguments.Add($"{name}={text}");
        }

        return null;
    }

    private static (string? Text, string? Problem) AskTwice(string name)
    {
        try
        {
            SetEcho(false);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return (null, $"the {name} would be shown, because there is no stty here: give it by standard input");
        }

        try
        {
            using var input = Console.OpenStandardInput();
            Console.Error.WriteLine($"{name}, which is not shown:");
            var first = ReadLine(input);
            Console.Error.WriteLine($"{name} again:");
            return first == ReadLine(input) ? (first, null) : (null, "the two are not the same");
        }
        finally
        {
            SetEcho(true);
        }
    }

    /// <summary>Reads a line from the terminal itself: the console of the framework would show it.</summary>
    private static string ReadLine(Stream input)
    {
        var bytes = new List<byte>();
        while (input.ReadByte() is var b and not (-1 or '\n' or '\r'))
            bytes.Add((byte)b);
        return Encoding.UTF8.GetString([.. bytes]);
    }

    /// <summary>Switches the terminal's echo on or off. The framework has no way to do that for a whole line.</summary>
    private static void SetEcho(bool isOn)
    {
        using var stty = Process.Start(new ProcessStartInfo("stty", isOn ? "echo" : "-echo"));
        stty?.WaitForExit();
    }
}
