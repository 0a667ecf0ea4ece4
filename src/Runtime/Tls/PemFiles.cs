using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace ChatAkka.Runtime.Tls;

/// <summary>Reads certificates and keys from files in PEM form.</summary>
public static class PemFiles
{
    /// <summary>Reads every certificate of a file.</summary>
    /// <param name="path">The setting that names the file.</param>
    /// <param name="file">The file.</param>
    /// <exception cref="FileProblemException">It cannot be read, or has no certificate.</exception>
    public static X509Certificate2Collection Certificates(string path, string file)
    {
        var all = new X509Certificate2Collection();
        try
        {
            all.ImportFromPemFile(file);
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new FileProblemException(path, $"{file} cannot be read: {e.Message}");
        }

        return all.Count > 0 ? all : throw new FileProblemException(path, $"{file} has no certificate in PEM form");
    }

    /// <summary>Reads a certificate with its private key, and the certificates between it and its authority.</summary>
    /// <param name="root">The section of the settings <c>certificate</c> and <c>key</c>.</param>
    /// <param name="certificateFile">The certificate, and after it those between it and its authority.</param>
    /// <param name="keyFile">The private key, without a password.</param>
    /// <exception cref="FileProblemException">A file cannot be read, or the key is not that of the certificate.</exception>
    public static (X509Certificate2 Certificate, X509Certificate2Collection Between) Identity(string root, string certificateFile, string keyFile)
    {
        var between = Certificates(root + ".certificate", certificateFile);
        try
        {
            var certificate = X509Certificate2.CreateFromPemFile(certificateFile, keyFile);
            between.RemoveAt(0);
            return (certificate, between);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException or IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new FileProblemException(root + ".key", $"{keyFile} is not the private key of the certificate in {certificateFile}: {e.Message}");
        }
    }
}
