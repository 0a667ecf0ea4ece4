using System.Security.Cryptography;

namespace ChatAkka.Management.Client.Certificates;

/// <summary>The commands <c>pbm certs</c>. They need no connection.</summary>
internal static class CertificateCommands
{
    /// <summary>The first word of these commands.</summary>
    public const string Word = "certs";

    private const string Usage = """
        pbm certs make DIR HOST…     makes ca.pem and, for each host name or IP address, HOST.pem and HOST.key in DIR, for a trial
        pbm certs check FILE…        says until when the certificates in the files are valid; exit code 1 if one ends within 30 days
        """;

    /// <summary>Runs a command.</summary>
    /// <param name="words">What comes after <see cref="Word"/>.</param>
    /// <param name="now">The time.</param>
    /// <param name="output">Where the answer goes.</param>
    /// <param name="errors">Where errors go.</param>
    /// <returns>The exit code.</returns>
    public static int Run(IReadOnlyList<string> words, DateTimeOffset now, TextWriter output, TextWriter errors)
    {
        if (words is ["make", var folder, _, ..])
            return Make(folder, [.. words.Skip(2)], now, output, errors);
        if (words is not ["check", _, ..])
        {
            errors.WriteLine(Usage);
            return ExitCodes.Usage;
        }

        var areGood = true;
        foreach (var file in words.Skip(1))
        {
            var (lines, isGood) = CertificateCheck.Look(file, now);
            areGood &= isGood;
            foreach (var line in lines)
                output.WriteLine(CleanText.Of(line));
        }

        return areGood ? ExitCodes.Ok : ExitCodes.Failed;
    }

    private static int Make(string folder, IReadOnlyList<string> hosts, DateTimeOffset now, TextWriter output, TextWriter errors)
    {
        if (hosts.FirstOrDefault(h => !CertificateMaker.IsHost(h)) is { } wrong)
        {
            errors.WriteLine($"error: '{CleanText.Of(wrong)}' is neither a host name nor an IP address, or it is the name of the authority's files");
            return ExitCodes.Usage;
        }

        try
        {
            foreach (var file in CertificateMaker.Make(folder, hosts, now))
                output.WriteLine(file);
            return ExitCodes.Ok;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            errors.WriteLine($"error: {CleanText.Of(e.Message)}");
            return ExitCodes.Failed;
        }
    }
}
