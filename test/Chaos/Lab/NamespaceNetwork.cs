namespace ChatAkka.Chaos.Lab;

/// <summary>Each host is a network namespace, on a bridge in a namespace of its own where packets can be dropped.</summary>
/// <remarks>This process lives in the namespace of the clients; <see cref="NamespaceLab"/> put it there.</remarks>
internal sealed class NamespaceNetwork(string prefix, IReadOnlyList<string> hosts) : INetwork
{
    private const string Table = "chaos";
    private readonly SlowWire _wire = new(NamespaceLab.SwitchOf(prefix), NamespaceLab.SlowPort, $"{prefix}-{NamespaceLab.SlowHostOf(hosts)}", "eth0");

    public string Kind => "network namespaces";

    public bool HasWires => true;

    public string SlowHost => NamespaceLab.SlowHostOf(hosts);

    public string AddressOf(string host) => NamespaceLab.AddressOf(hosts, host);

    public (string File, IReadOnlyList<string> Arguments) OnHost(string host, string file, IReadOnlyList<string> arguments) =>
        ("ip", ["netns", "exec", $"{prefix}-{host}", file, .. arguments]);

    /// <summary>Plugs the slow host in; without delay as yet.</summary>
    public async Task PlugInAsync()
    {
        _wire.Start();
        await NamespaceLab.PlugSlowHostAsync(prefix, hosts);
    }

    public Task DropAsync(IEnumerable<(string From, string To)> pairs) =>
        RulesAsync(pairs.Select(p => $"iifname {PortOf(p.From)} oifname {PortOf(p.To)} drop"));

    public Task IsolateAsync(string host) => RulesAsync([$"iifname {PortOf(host)} drop", $"oifname {PortOf(host)} drop"]);

    public Task LoseAsync(int percent) => RulesAsync([$"numgen random mod 100 < {percent} drop"]);

    public Task DelayAsync(TimeSpan delay, TimeSpan jitter)
    {
        _wire.Set(delay, jitter);
        return Task.CompletedTask;
    }

    public Task ResetAsync(string host) =>
        Shell.RunAsync("ip", "netns", "exec", $"{prefix}-{host}", "ss", "-K", "dport", "=", Deployment.ClusterPort.ToString());

    public async Task HealAsync()
    {
        _wire.Set(TimeSpan.Zero, TimeSpan.Zero);
        await NftAsync($"table bridge {Table} {{}}; delete table bridge {Table}");
    }

    private Task RulesAsync(IEnumerable<string> rules) => NftAsync(
        $"table bridge {Table} {{ chain f {{ type filter hook forward priority 0; {string.Join("; ", rules)}; }}; }}");

    private Task NftAsync(string text) => Shell.RunAsync("ip", "netns", "exec", NamespaceLab.SwitchOf(prefix), "nft", text);

    private string PortOf(string host) => host == SlowHost ? NamespaceLab.SlowPort : NamespaceLab.PortOf(host);
}
