using System.Reflection;
using ChatAkka.Management.Client.Certificates;

namespace ChatAkka.Management.Client;

/// <summary>Manages a cluster from a terminal.</summary>
internal static class Program
{
    public static async Task<int> Main(string[] args)
    {
        if (args is ["--help" or "-h"])
        {
            Console.WriteLine(ClientOptions.Usage);
            return ExitCodes.Ok;
        }

        if (args is ["--version"])
        {
            Console.WriteLine(typeof(Program).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0]);
            return ExitCodes.Ok;
        }

        if (args is [CertificateCommands.Word, .. var words])
            return CertificateCommands.Run(words, TimeProvider.System.GetUtcNow(), Console.Out, Console.Error);

        if (ClientOptions.TryParse(args, Environment.GetEnvironmentVariable, out var problem) is not { } options)
        {
            await Console.Error.WriteLineAsync($"error: {problem}").ConfigureAwait(false);
            return ExitCodes.Usage;
        }

        try
        {
            using var connection = await HostConnection.ConnectAsync(options).ConfigureAwait(false);
            var prompt = new Prompt(connection, options);
            return options.Words.Count > 0
                ? await prompt.RunAsync(options.Words).ConfigureAwait(false)
                : await prompt.RunAllAsync().ConfigureAwait(false);
        }
        catch (NoConnectionException e)
        {
            await Console.Error.WriteLineAsync($"error: {CleanText.Of(e.Message)}").ConfigureAwait(false);
            return ExitCodes.NoConnection;
        }
        catch (IOException)
        {
            // Whoever read what this says reads no more.
            return ExitCodes.Failed;
        }
    }
}
