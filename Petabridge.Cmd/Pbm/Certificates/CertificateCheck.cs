using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace ChatAkka.Management.Client.Certificates;

/// <summary>Says until when certificates are valid.</summary>
internal static class CertificateCheck
{
    /// <summary>A certificate that ends sooner is warned of.</summary>
    private static readonly TimeSpan s_soon = TimeSpan.FromDays(30);

    /// <summary>Looks at every certificate of a file.</summary>
    /// <param name="file">A file in PEM form.</param>
    /// <param name="now">The time.</param>
    /// <returns>One line for each certificate, and whether all are valid now and for another 30 days.</returns>
    public static (IReadOnlyList<string> Lines, bool IsGood) Look(string file, DateTimeOffset now)
    {
        var all = new X509Certificate2Collection();
        try
        {
            all.ImportFromPemFile(file);
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
        {
            return ([$"{file}: cannot be read: {e.Message}"], false);
        }

        if (all.Count == 0)
            return ([$"{file}: has no certificate in PEM form"], false);
        var (lines, isGood) = (new List<string>(), true);
        foreach (var certificate in all)
        {
            var end = new DateTimeOffset(certificate.NotAfter.ToUniversalTime(), TimeSpan.Zero);
            var begin = new DateTimeOffset(certificate.NotBefore.ToUniversalTime(), TimeSpan.Zero);
            var state = now < begin ? $"NOT VALID before {begin:u}"
                : now >= end ? $"EXPIRED since {end:u}"
                : string.Create(CultureInfo.InvariantCulture, $"valid until {end:u}, for {(int)(end - now).TotalDays} days{(end - now < s_soon ? ": REPLACE IT SOON" : "")}");
            isGood &= now >= begin && end - now >= s_soon;
            lines.Add($"{file}: {certificate.Subject}{NamesOf(certificate)}: {state}");
        }

        return (lines, isGood);
    }

    private static string NamesOf(X509Certificate2 certificate)
    {
        var names = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().ToList();
        string[] all = [.. names.SelectMany(n => n.EnumerateDnsNames()), .. names.SelectMany(n => n.EnumerateIPAddresses()).Select(a => a.ToString())];
        return all.Length == 0 ? "" : $" ({string.Join(", ", all)})";
    }
}
