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
            if (arguments.Count > command.Arguments.Count(a => a.Switches.Count == 0))
                return $"there is a word too many. The {secret.Name} is asked for, and must not stand on a command line, which others can see";
            var (text, problem) = Console.IsInputRedirected ? (Console.In.ReadLine(), null) : AskTwice(secret.Name);
            if (problem is not null || string.IsNullOrEmpty(text))
                return problem ?? $"{secret.Name} is empty";
            arguments.Add($"{name}={text}");
        }

        return null;
    }

    /// <summary>Asks in the terminal. While keys are read one by one the terminal shows none of them. Whether the program ends or a signal ends it, the terminal is given back as
    /// it was.</summary>
    private static (string? Text, string? Problem) AskTwice(string name)
    {
        TerminalSignals.Watch();

        // Ctrl-C is a key, and from here on the terminal shows nothing that is typed, also not what is typed before it is read.
        Console.TreatControlCAsInput = true;
        try
        {
            Console.Error.WriteLine($"{name}, which is not shown:");
            if (ReadKeys() is not { } first)
                return (null, "cancelled");
            Console.Error.WriteLine($"{name} again:");
            return ReadKeys() is not { } second ? (null, "cancelled") : first == second ? (first, null) : (null, "the two are not the same");
        }
        finally
        {
            Console.TreatControlCAsInput = false;
        }
    }

    /// <summary>Reads keys up to Enter; null if Ctrl-C or Ctrl-D was pressed.</summary>
    private static string? ReadKeys()
    {
        var text = "";
        while (true)
        {
            var key = Console.ReadKey(intercept: true);
            var isControl = key.Modifiers.HasFlag(ConsoleModifiers.Control);
            var isEnd = key.Key == ConsoleKey.Enter || (isControl && key.Key is ConsoleKey.J or ConsoleKey.M);
            var isCancelled = isControl && key.Key is ConsoleKey.C or ConsoleKey.D;
            if (isEnd || isCancelled)
                return isCancelled ? null : text;

            if (key.Key == ConsoleKey.Backspace)
                text = text.Length > 0 ? text[..^1] : "";
            else if (isControl && key.Key == ConsoleKey.U)
                text = "";
            else if (!char.IsControl(key.KeyChar))
                text += key.KeyChar;
        }
    }
}
