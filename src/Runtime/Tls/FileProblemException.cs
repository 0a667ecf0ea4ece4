namespace ChatAkka.Runtime.Tls;

/// <summary>A file with a certificate, a key or a secret cannot be used.</summary>
/// <param name="path">The setting that names the file.</param>
/// <param name="message">Which file it is, and what is wrong with it. It never has a part of a secret.</param>
public sealed class FileProblemException(string path, string message) : Exception(message)
{
    /// <summary>The setting that names the file.</summary>
    public string Path => path;
}
