using System.Collections.Concurrent;
using System.Globalization;
using System.Text.RegularExpressions;
using ChatAkka.Chaos.History;
using ChatAkka.TestSupport;

namespace ChatAkka.Chaos.Lab;

/// <summary>Nodes, relays and redis-server of a run, with a supervisor that starts again what ended by itself.</summary>
internal sealed partial class Deployment : IAsyncDisposable
{
    /// <summary>Where members reach each other, on each host.</summary>
    public const int ClusterPort = 24053;

    private const int ClientPort = 29501;
    private const int RedisPort = 26379;
    private const int PbmPort = 29110;
    private const string PbmToken = "chaos";
    private const Ports AllPorts = Ports.Clients | Ports.Cluster | Ports.Pbm;

    /// <summary>What grows until its age is reached grows for five minutes in a soak, not for a day or a week.</summary>
    private static readonly (string Name, string Value)[] s_soak = [("CHATAKKA__CHAT__MAILBOX__MAX_AGE", "5m"), ("CHATAKKA__CHAT__MAILBOX__DEDUPE_AGE", "5m")];

    /// <summary>The same for what relays write as well.</summary>
    private static readonly (string Name, string Value)[] s_soakOfMembers = [("CHATAKKA__CHAT__REDIS__SESSION_HISTORY", "5m")];
    private static readonly TimeSpan s_restartAfter = TimeSpan.FromMilliseconds(500);

    private readonly ChaosOptions _options;
    private readonly EventLog _log;
    private readonly TempFolder _folder = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly LabProcess[] _stores;
    private readonly string _cookie = TestCookie.New();
    private int _primary;
    private string? _replicaOf;
    private readonly Dictionary<LabProcess, int> _folders = [];
    private readonly ConcurrentQueue<(string Name, int ExitCode)> _surprises = [];
    private Task _supervisor = Task.CompletedTask;

    /// <summary>Describes a deployment; <see cref="StartAsync"/> starts it.</summary>
    /// <param name="options">What the run does.</param>
    /// <param name="isReplicated">True where Redis has a replica, and a message counts as kept when the replica has it.</param>
    /// <param name="network">The wires.</param>
    /// <param name="log">Where what happens goes.</param>
    public Deployment(ChaosOptions options, bool isReplicated, INetwork network, EventLog log)
    {
        _options = options;
        IsReplicated = isReplicated;
        _log = log;
        Network = network;
        _stores = [new LabProcess(ChaosOptions.Redis, RunRedis), new LabProcess(ChaosOptions.StandbyRedis, RunRedis)];
        Nodes = [.. options.NodeHosts.Select(h => new LabProcess(h, RunMember))];
        Relays = [.. options.RelayHosts.Select(h => new LabProcess(h, RunMember))];
    }

    /// <summary>True where Redis has a replica, and a message counts as kept when the replica has it.</summary>
    public bool IsReplicated { get; }

    /// <summary>The wires.</summary>
    public INetwork Network { get; }

    /// <summary>The nodes.</summary>
    public IReadOnlyList<LabProcess> Nodes { get; }

    /// <summary>The relays: one acts, the others stand by.</summary>
    public IReadOnlyList<LabProcess> Relays { get; }

    /// <summary>The registry's server: the primary, where there are two.</summary>
    public LabProcess Redis => _stores[_primary];

    /// <summary>Where the registry's servers are, as HOST:PORT with commas.</summary>
    public string RedisAddress => string.Join(",", _stores.Select(s => $"{Network.AddressOf(s.Host)}:{Text(RedisPort)}"));

    /// <summary>The node that no fault ends, so that its resources can be followed; null if there is none.</summary>
    public LabProcess? Spared => Nodes.FirstOrDefault(n => n.Host == _options.SparedHost);

    /// <summary>Members of the cluster.</summary>
    public IEnumerable<LabProcess> Members => Nodes.Concat(Relays);

    /// <summary>The relay with the latest term.</summary>
    public LabProcess ActingRelay => Relays.Where(r => r.IsRunning).MaxBy(r => r.Term) ?? Relays[0];

    /// <summary>Processes that ended by themselves.</summary>
    public IReadOnlyCollection<(string Name, int ExitCode)> Surprises => _surprises;

    /// <summary>Where clients reach a node.</summary>
    public string ClientAddressOf(string host) => $"{Network.AddressOf(host)}:{Text(ClientPort)}";

    /// <summary>Starts everything and waits until it serves.</summary>
    public async Task StartAsync()
    {
        await RestartRedisAsync();
        if (IsReplicated)
            await StartReplicaAsync();
        foreach (var member in Relays.Concat(Nodes))
            member.Start();
        await Task.WhenAll(Members.Select(m => m.ReadyAsync()));
        await Eventually.TrueAsync(() => Relays.Any(r => r.Term > 0), "a relay acts");
        _supervisor = SuperviseAsync();
    }

    /// <summary>Starts the registry's server again: empty, or with what it had.</summary>
    public async Task RestartRedisAsync(bool keepsData = false)
    {
        _replicaOf = null;
        if (!keepsData)
            GiveNewFolder(Redis);
        Redis.Start();
        await Redis.ReadyAsync("Ready to accept connections");
    }

    /// <summary>Starts the other server as a replica of the primary, and waits until it has its data.</summary>
    public async Task StartReplicaAsync()
    {
        var replica = _stores[1 - _primary];
        GiveNewFolder(replica);
        _replicaOf = $"{Network.AddressOf(Redis.Host)} {Text(RedisPort)}";
        replica.Start();
        await replica.ReadyAsync("sync: Finished with success");
    }

    /// <summary>Makes the replica the primary.</summary>
    public async Task PromoteReplicaAsync()
    {
        _primary = 1 - _primary;
        await Shell.RunAsync("redis-cli", "-h", Network.AddressOf(Redis.Host), "-p", Text(RedisPort), "replicaof", "no", "one");
    }

    /// <summary>Starts a member a second time, on the same host, with these ports of its own and others besides.</summary>
    public ServerProcess StartTwin(LabProcess member, Ports shared) => RunMember(member, shared, onLine: null);

    /// <summary>Addresses at which a member listens.</summary>
    public IReadOnlyList<string> AddressesOf(LabProcess member, Ports which) =>
    [
        .. new[] { (Ports.Clients, ClientAddressOf(member.Host)), (Ports.Cluster, ClusterAddressOf(member.Host)), (Ports.Pbm, PbmAddressOf(member.Host)) }
            .Where(p => which.HasFlag(p.Item1)).Select(p => p.Item2),
    ];

    /// <summary>Asks the first node what became of every chat; gives the rows that do not add up, or are not settled, with what went wrong.</summary>
    public async Task<IReadOnlyList<string>> AuditAsync()
    {
        await using var pbm = ServerProcess.Start("dotnet", [Programs.PathOf("ChatAkka.Pbm"), PbmAddressOf(Nodes[0].Host), "--token", PbmToken, "--json", "chat", "audit"]);
        var code = await pbm.ExitAsync();
        var lines = pbm.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return code == 0 && lines.Length > Nodes.Count
            ? [.. lines.Where(l => !l.Contains("\"missing\":0,", StringComparison.Ordinal) || !l.Contains("\"in_flight\":0,", StringComparison.Ordinal))]
            : [$"pbm ended with {code}: {pbm.Output}"];
    }

    /// <summary>Writes what every process printed into files.</summary>
    public async Task SaveLogsAsync(string folder)
    {
        foreach (var member in Members.Concat(_stores))
            await File.WriteAllLinesAsync(Path.Combine(folder, $"{member.Host}.log"), member.Outputs.Select((o, i) => $"=== incarnation {i + 1}\n{o}"));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _supervisor;
        foreach (var member in Members.Concat(_stores))
            await member.EndAsync();
        _folder.Dispose();
        _stop.Dispose();
    }

    /// <summary>The server begins without data: what it wrote down before must not come back.</summary>
    private void GiveNewFolder(LabProcess store) => _folders[store] = _folders.GetValueOrDefault(store) + 1;

    private ServerProcess RunRedis(LabProcess store)
    {
        string[] replica = _replicaOf is null ? [] : ["--replicaof", _replicaOf];

        var folder = Directory.CreateDirectory(Path.Combine(_folder.Path, $"{store.Host}-{Text(_folders[store])}")).FullName;
        return Run(store.Host, "redis-server",
        [
            "--port", Text(RedisPort), "--bind", Network.AddressOf(store.Host), "--protected-mode", "no", "--save", "", "--appendonly", "yes", "--appendfsync", "always",
            "--repl-diskless-sync-delay", "0", "--dir", folder, .. replica,
        ]);
    }

    private ServerProcess RunMember(LabProcess member) => RunMember(member, AllPorts, line => OnLine(member, line));

    private ServerProcess RunMember(LabProcess member, Ports own, Action<string>? onLine) => Run(
        member.Host, "dotnet", ArgumentsOf(member, own), onLine,
        [
            ("CHATAKKA__PETABRIDGE__CMD__TOKEN", PbmToken),
            ("CHATAKKA__CHAT__CLUSTER__COOKIE", _cookie),
            ("DOTNET_TieredPGO", "0"),
            .. IsReplicated ? [("CHATAKKA__CHAT__REDIS__RECEIPTS", "replicated")] : Array.Empty<(string, string)>(),
            .. Nodes.Contains(member) ? [("CHATAKKA__CHAT__MAILBOX__CACHE", "64KiB"), ("CHATAKKA__CHAT__AUTH__OPEN_TO_NETWORK", "on")] : Array.Empty<(string, string)>(),
            .. _options.IsSoak ? s_soakOfMembers : [],
            .. Nodes.Contains(member) && _options.IsSoak ? s_soak : [],
        ]);

    /// <summary>The command line of a member; ports that are not <paramref name="own"/> are others.</summary>
    private IReadOnlyList<string> ArgumentsOf(LabProcess member, Ports own)
    {
        string At(Ports which, int port) => $"{Network.AddressOf(member.Host)}:{Text(own.HasFlag(which) ? port : port + 1)}";
        var isNode = Nodes.Contains(member);
        string[] node = isNode ? ["--listen", At(Ports.Clients, ClientPort), "--max-connections", Text(_options.Cap)] : [];
        return
        [
            .. MemberOf(isNode ? "node" : "relay"), "--cluster", At(Ports.Cluster, ClusterPort), "--pbm", At(Ports.Pbm, PbmPort), "--join", Seeds, "--redis", RedisAddress, .. node,
        ];
    }

    private string PbmAddressOf(string host) => $"{Network.AddressOf(host)}:{Text(PbmPort)}";

    private ServerProcess Run(string host, string file, IReadOnlyList<string> arguments, Action<string>? onLine = null, params (string Name, string Value)[] environment)
    {
        var (command, all) = Network.OnHost(host, file, arguments);
        return ServerProcess.Start(command, all, onLine, environment);
    }

    private void OnLine(LabProcess process, string line)
    {
        if (RelayActs().Match(line) is { Success: true } acts)
        {
            process.Term = long.Parse(acts.Groups[1].Value, CultureInfo.InvariantCulture);
            _log.Add(new HistoryEvent.RelayActed(Clock.Now, process.Name, process.Term));
        }
        else if (NodeFollows().Match(line) is { Success: true } follows)
            _log.Add(new HistoryEvent.TermFollowed(Clock.Now, process.Name, long.Parse(follows.Groups[1].Value, CultureInfo.InvariantCulture)));
    }

    /// <summary>As systemd would: what ends is started again, unless a fault holds it.</summary>
    private async Task SuperviseAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            // In this order: a fault starts what it held before it lets go of it.
            foreach (var member in Members.Where(m => !m.IsHeld && !m.IsRunning))
            {
                _surprises.Enqueue((member.Name, member.ExitCode));
                _log.Note($"{member.Name} ended with exit code {member.ExitCode} and is started again");
                await Task.Delay(s_restartAfter);
                if (!member.IsHeld && !_stop.IsCancellationRequested)
                    member.Start();
            }

            await Task.Delay(50);
        }
    }

    private string Seeds => string.Join(",", Relays.Concat(Nodes).Select(m => ClusterAddressOf(m.Host)));

    private string ClusterAddressOf(string host) => $"{Network.AddressOf(host)}:{Text(ClusterPort)}";

    /// <summary>The product's program, or the one that leaves something out.</summary>
    private IEnumerable<string> MemberOf(string kind) => _options.Sabotage.Length > 0
        ? [Programs.PathOf("ChatAkka.Sabotage"), kind, _options.Sabotage]
        : [Programs.PathOf(kind == "node" ? "ChatAkka.Node" : "ChatAkka.Relay")];

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    [GeneratedRegex(@"Relay acts, term (\d+)")]
    private static partial Regex RelayActs();

    [GeneratedRegex(@"Chats for other nodes go .*\(term (\d+)\)")]
    private static partial Regex NodeFollows();
}
