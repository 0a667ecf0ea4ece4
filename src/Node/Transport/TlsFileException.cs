namespace ChatAkka.Node.Transport;

/// <summary>A file that TLS needs cannot be used.</summary>
/// <param name="path">The setting that names the file.</param>
/// <param name="message">Which file it is, and what is wrong with it.</param>
internal sealed class TlsFileException(string path, string message) : Exception(message)
{
    /// <summary>The setting that names the file.</summary>
    public string Path => path;
}
