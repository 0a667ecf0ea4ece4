using System.Globalization;
using System.Net;
using System.Net.Sockets;
using ChatAkka.EmbeddedRedis.Ledger;
using ChatAkka.RedisAccess;
using Garnet;
using Garnet.common;
using Garnet.server;
using Garnet.server.Auth.Settings;
using Microsoft.Extensions.Logging.Abstractions;
using Tsavorite.core;

namespace ChatAkka.EmbeddedRedis;

/// <summary>A Redis-compatible server (Garnet) inside this process. Its data survives restarts.</summary>
/// <remarks>docs/decisions/0017 explains the options. Every write is committed to the append-only file before it is answered. So a process that is
/// killed loses no write that it answered. A ledger next to the file (<see cref="DataLedger"/>) records what the files must contain. If data is
/// damaged, the store does not start.</remarks>
public sealed class EmbeddedRedisServer : IDisposable
{
    private const string LockName = "lock";

    /// <summary>At this multiple of <see cref="EmbeddedRedisSettings.MaxMemory"/> Garnet evicts data without any error. Nodes stop storing messages long
    /// before.</summary>
    private const int EvictionFactor = 2;

    private const string PageSize = "1m";
    private const string AofPageSize = "4m";
    private const string AofMemory = "64m";
    private const string IndexMemory = "1m";

    // When the append-only file is larger than this, a checkpoint is taken and the file is truncated, so that it does not grow for ever.
    private const string AofLimit = "64m";
    private const string AofSegment = "16m";
    private const int CommitsPerFile = 64;

    private static readonly TimeSpan s_commitLimit = TimeSpan.FromSeconds(2);
    private readonly GarnetServer _server;
    private readonly DataLedger _ledger;
    private readonly FileStream _lock;

    private EmbeddedRedisServer(GarnetServer server, DataLedger ledger, FileStream @lock, string connection)
    {
        _server = server;
        _ledger = ledger;
        _lock = @lock;
        Connection = connection;
    }

    /// <summary>Connection string for this process, and for others that may read the data directory: it names the file with the password.</summary>
    public string Connection { get; }

    /// <summary>Text for the operator if the store started with damaged data: what was lost and what is left. Null if nothing was damaged.</summary>
    public string? Recovered { get; private init; }

    /// <summary>True if other users of this machine can read the data directory, because it was not created by a store.</summary>
    public bool IsOpenToOthers { get; private init; }

    /// <summary>Starts the store, and returns when it can answer.</summary>
    /// <exception cref="EmbeddedRedisException">The directory is in use, cannot be written or does not hold all that was written to it, or the
    /// port is taken.</exception>
    public static EmbeddedRedisServer Start(EmbeddedRedisSettings settings)
    {
        var directory = Path.GetFullPath(settings.Directory);
        var @lock = Lock(directory);
        DataLedger? ledger = null;
        try
        {
            // Garnet binds its port only after recovery, and reports a failure unclearly. So the port is checked first.
            CheckPortIsFree(settings);
            (ledger, var found) = DataDirectory.Open(directory, settings.Recover, TimeProvider.System);
            var address = $"{settings.Host}:{settings.Port}";
            var password = EmbeddedStorePassword.Keep(directory, address);
            var server = new GarnetServer(OptionsFor(settings, directory, ledger, password), NullLoggerFactory.Instance);
            server.Start();
            return new EmbeddedRedisServer(server, ledger, @lock, EmbeddedStorePassword.Connection(directory, address))
            {
                IsOpenToOthers = CanOthersRead(directory),
                Recovered = found is null ? null : $"{found}\nIt started with what can be read: {KeysOf(server)}",
            };
        }
        catch (Exception e) when (e is not EmbeddedRedisException)
        {
            ledger?.Dispose();
            @lock.Dispose();
            throw new EmbeddedRedisException($"the embedded store in {directory} does not start: {e.Message}", e);
        }
        catch
        {
            ledger?.Dispose();
            @lock.Dispose();
            throw;
        }
    }

    /// <summary>Writes pending data to disk and stops the store.</summary>
    public void Dispose()
    {
        _server.Store.CommitAOFAsync(CancellationToken.None).AsTask().Wait(s_commitLimit);
        _server.Dispose(deleteDir: false);
        _ledger.Dispose();
        _lock.Dispose();
    }

    private static string KeysOf(GarnetServer server) =>
        string.Join(", ", server.Metrics.GetInfoMetrics(InfoMetricsType.KEYSPACE, 0).Select(m => $"{m.Name} {m.Value}"));

    private static FileStream Lock(string directory)
    {
        try
        {
            if (OperatingSystem.IsWindows())
                Directory.CreateDirectory(directory);
            else
                Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            return new FileStream(Path.Combine(directory, LockName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new EmbeddedRedisException(
                $"the data directory {directory} cannot be used ({e.Message.TrimEnd('.')}); is another node using it? Name another with --data DIR", e);
        }
    }

    private static bool CanOthersRead(string directory) =>
        !OperatingSystem.IsWindows()
        && (File.GetUnixFileMode(directory) & (UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute)) != UnixFileMode.None;

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

    private static GarnetServerOptions OptionsFor(EmbeddedRedisSettings settings, string directory, DataLedger ledger, string password) => new(NullLogger.Instance)
    {
        EndPoints = [new IPEndPoint(IPAddress.Parse(settings.Host), settings.Port)],
        DeviceType = DeviceType.RandomAccess,
        DeviceFactoryCreator = new LedgerDevices(directory, ledger),
        AuthSettings = new PasswordAuthenticationSettings(password),
        EnableLua = true,
        LuaOptions = new LuaOptions(),

        // Without this, commands of other clients can run between the commands of a script.
        LuaTransactionMode = true,
        IndexMemorySize = IndexMemory,
        PageSize = PageSize,
        LogMemorySize = (EvictionFactor * (long)settings.MaxMemory).ToString(CultureInfo.InvariantCulture),
        EnableAOF = true,
        WaitForCommit = true,
        Recover = true,
        FailOnRecoveryError = !settings.Recover,
        CheckpointDir = directory,
        AofPageSize = AofPageSize,
        AofMemorySize = AofMemory,
        AofSizeLimit = AofLimit,
        AofSegmentSize = AofSegment,

        // Writing the file that records how far the log is committed costs as much as a data write. So it is written only at every n-th commit;
        // at the start, later commits are found in the log itself.
        FastCommitThrottleFreq = CommitsPerFile,
        QuietMode = true,
    };
}
