using System.Buffers.Text;
using System.Security.Cryptography;

namespace ChatAkka.RedisAccess;

/// <summary>The password of an embedded store. It is in a file of the store's data directory, which only the owner of the store can read.</summary>
/// <remarks>The file has the password in its first line, and in the second the address of the store. A program of the same owner on the same machine that is told only the address finds the password by that.</remarks>
public static class EmbeddedStorePassword
{
    private const string FileName = "password";
    private const int PasswordBytes = 32;
    private const string DefaultFolder = "ChatAkka";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>The data directory of a store whose operator names none: a folder in the user's local application data.</summary>
    public static string DefaultDirectory => Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify), DefaultFolder, "data");

    /// <summary>Gives the password of a store. It makes a new one, of 256 random bits, if there is none, if the file is damaged, or if others can read the file.</summary>
    /// <param name="directory">The data directory, which exists.</param>
    /// <param name="address">Where the store listens, as HOST:PORT.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file cannot be written.</exception>
    public static string Keep(string directory, string address)
    {
        var path = Path.Combine(directory, FileName);
        var known = File.Exists(path) && IsPrivate(path) ? File.ReadAllLines(path) : [];
        var password = known.FirstOrDefault() ?? "";
        var isWhole = password.Length == Base64Url.GetEncodedLength(PasswordBytes) && Base64Url.IsValid(password);
        if (isWhole && known.ElementAtOrDefault(1) == address)
            return password;
        if (!isWhole)
            password = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(PasswordBytes));

        // The file is written beside the old one, and takes its place when it is whole.
        var draft = path + ".new";
        File.Delete(draft);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = OwnerOnly;
        using (var writer = new StreamWriter(draft, options))
        {
            writer.WriteLine(password);
            writer.WriteLine(address);
        }

        File.Move(draft, path, overwrite: true);
        return password;
    }

    /// <summary>Gives the connection string for a store with this data directory.</summary>
    public static string Connection(string directory, string address) => $"{address},passwordFile={Path.Combine(directory, FileName)}";

    /// <summary>Completes a connection string that names the embedded store of this directory, and no password.</summary>
    /// <param name="connection">A valid connection string.</param>
    /// <param name="directory">The data directory that the store may have.</param>
    /// <returns>The string with the file of the password, or unchanged if it is for another server.</returns>
    public static string AddTo(string connection, string directory)
    {
        var parsed = RedisConnectionString.Parse(connection);
        return !parsed.NamesPassword && !connection.Contains("://", StringComparison.Ordinal) && AddressIn(directory) == parsed.Servers
            ? $"{connection},passwordFile={Path.Combine(directory, FileName)}"
            : connection;
    }

    private static string? AddressIn(string directory)
    {
        try
        {
            return File.ReadLines(Path.Combine(directory, FileName)).ElementAtOrDefault(1);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static bool IsPrivate(string path) => OperatingSystem.IsWindows() || File.GetUnixFileMode(path) == OwnerOnly;
}
