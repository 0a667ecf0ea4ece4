using System.Numerics;
using ChatAkka.EmbeddedRedis;
using ChatAkka.RedisAccess;
using ChatAkka.Startup;

namespace ChatAkka.Node;

/// <summary>Reads the settings of the embedded store.</summary>
internal static class EmbeddedStore
{
    private const int LeastMemory = 16 << 20;
    private const int MostMemory = 1 << 30;

    /// <summary>Connection string for this process: a write is answered when it is on disk, which takes a busy disk seconds.</summary>
    public static string ConnectionOf(EmbeddedRedisServer store) => store.Connection + ",asyncTimeout=5000";

    /// <summary>Reads <c>chat.redis.embedded</c>.</summary>
    public static EmbeddedRedisSettings ReadSettings(ConfigReader reader)
    {
        var directory = reader.Text("chat.redis.embedded.directory");
        if (directory.Length == 0)
            directory = EmbeddedStorePassword.DefaultDirectory;
        if (directory.Contains(',', StringComparison.Ordinal))
            reader.Report("chat.redis.embedded.directory", $"is '{directory}', but a connection string cannot name a file in a directory with a comma");

        var address = reader.Endpoint("chat.redis.embedded.address");
        if (!System.Net.IPAddress.TryParse(address.Host, out _) || address.Port == 0)
            reader.Report("chat.redis.embedded.address", $"is '{address}', expected an IP address of this machine and a port");
        var memory = reader.Bytes("chat.redis.embedded.max-memory", LeastMemory, MostMemory);
        if (!BitOperations.IsPow2(memory))
            reader.Report("chat.redis.embedded.max-memory", "is no power of two, as 256MiB or 1024MiB");
        return new EmbeddedRedisSettings(directory, address.Host, address.Port, memory, reader.Choice("chat.redis.embedded.recover", "off", "on") == "on");
    }
}
