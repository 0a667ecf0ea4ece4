using System.Net;
using System.Net.Sockets;
using Garnet;
using Garnet.server;
using Microsoft.Extensions.Logging.Abstractions;
using Tsavorite.core;

namespace ChatAkka.EmbeddedRedis;

/// <summary>A Redis-compatible server (Garnet) inside this process, whose data lasts across restarts.</summary>
/// <remarks>The options and why they are so: section 11 of the design. Every write is committed to the append-only file before it is
/// answered, so a killed process loses nothing that it answered.</remarks>
public sealed class EmbeddedRedisServer : IDisposable
{
    private const string LockName = "lock";

    // Limits measured in section 11: below them data is evicted in silence.
    private const string LogMemory = "4g";
    private const string PageSize = "1m";
    private const string AofPageSize = "4m";
    private const string AofMemory = "64m";
    private const string IndexMemory = "1m";

    // Over this a checkpoint is taken and the file begins anew, so that it does not grow for ever.
    private const string AofLimit = "64m";
    private const string AofSegment = "16m";

    private static readonly TimeSpan s_commitLimit = TimeSpan.FromSeconds(2);
    private readonly GarnetServer _server;
    private readonly FileStream _lock;

    private EmbeddedRedisServer(GarnetServer server, FileStream @lock, string connection)
    {
        _server = server;
        _lock = @lock;
        Connection = connection;
    }

    /// <summary>Connection string for clients in this process.</summary>
    public string Connection { get; }

    /// <summary>Starts the store; returns when it answers.</summary>
    /// <exception cref="EmbeddedRedisException">The directory is in use or cannot be written, or the port is taken.</exception>
    public static EmbeddedRedisServer Start(EmbeddedRedisSettings settings)
    {
        var directory = Path.GetFullPath(settings.Directory);
        var @lock = Lock(directory);
        try
        {
            // Recovery runs before Garnet binds its port, and a failed bind comes late and unclear: ask first.
            CheckPortIsFree(settings);
            var server = new GarnetServer(OptionsFor(settings, directory), NullLoggerFactory.Instance);
            server.Start();
            return new EmbeddedRedisServer(server, @lock, $"{settings.Host}:{settings.Port}");
        }
        catch (Exception e) when (e is not EmbeddedRedisException)
        {
            @lock.Dispose();
            throw new EmbeddedRedisException($"the embedded store in {directory} does not start: {e.Message}", e);
        }
        catch
        {
            @lock.Dispose();
            throw;
        }
    }

    /// <summary>Writes what is pending to disk and stops.</summary>
    public void Dispose()
    {
        _server.Store.CommitAOFAsync(CancellationToken.None).AsTask().Wait(s_commitLimit);
        _server.Dispose(deleteDir: false);
        _lock.Dispose();
    }

    private static FileStream Lock(string directory)
    {
        try
        {
            Directory.CreateDirectory(directory);
            return new FileStream(Path.Combine(directory, LockName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new EmbeddedRedisException(
                $"the data directory {directory} cannot be used ({e.Message.TrimEnd('.')}); is another node using it? Name another with --data DIR", e);
        }
    }

    private static void CheckPortIsFree(EmbeddedRedisSettings settings)
    {
        try
        {
            using var probe = new TcpListener(IPAddress.Parse(settings.Host), settings.Port);
            probe.Start();
        }
        catch (SocketException e)
        {
            throw new EmbeddedRedisException(
                $"the embedded store cannot listen on {settings.Host}:{settings.Port} ({e.Message}); set chat.redis.embedded.address, or use --redis HOST:PORT", e);
        }
    }

    private static GarnetServerOptions OptionsFor(EmbeddedRedisSettings settings, string directory) => new(NullLogger.Instance)
    {
        EndPoints = [new IPEndPoint(IPAddress.Parse(settings.Host), settings.Port)],
        DeviceType = DeviceType.RandomAccess,
        EnableLua = true,
        LuaOptions = new LuaOptions(),

        // Without it the commands of a script interleave with those of others.
        LuaTransactionMode = true,
        IndexMemorySize = IndexMemory,
        PageSize = PageSize,
        LogMemorySize = LogMemory,
        EnableAOF = true,
        WaitForCommit = true,
        Recover = true,
        CheckpointDir = directory,
        AofPageSize = AofPageSize,
        AofMemorySize = AofMemory,
        AofSizeLimit = AofLimit,
        AofSegmentSize = AofSegment,
        QuietMode = true,
    };
}
