using StackExchange.Redis.Configuration;

namespace ChatAkka.RedisAccess;

/// <summary>A password in a file, read for each connection.</summary>
internal sealed class PasswordFile(string path) : DefaultOptionsProvider
{
    private const int MaxBytes = 4096;

    /// <inheritdoc/>
    public override string? Password => Read(path);

    /// <summary>Gives the first line of a file.</summary>
    /// <exception cref="ArgumentException">It cannot be read, or has no password.</exception>
    public static string Read(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            if (file.Length > MaxBytes)
                throw new ArgumentException($"names {path} as passwordFile, which is too long for a password");
            using var reader = new StreamReader(file);
            var line = reader.ReadLine()?.Trim();
            return line is { Length: > 0 } ? line : throw new ArgumentException($"names {path} as passwordFile, which has no password in its first line");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ArgumentException($"names {path} as passwordFile, which cannot be read: {e.Message}", e);
        }
    }
}
