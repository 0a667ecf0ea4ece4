namespace ChatAkka.Chaos.Lab;

/// <summary>Hosts are addresses of the loopback net: processes can die and stop, wires cannot be cut.</summary>
internal sealed class LoopbackNetwork(IReadOnlyList<string> hosts) : INetwork
{
    // Another /24 for each run, so that two can go on at a time.
    private readonly string _net = $"127.{100 + (Environment.ProcessId / 250 % 100)}.{Environment.ProcessId % 250}";

    public string Kind => "loopback addresses (wires cannot be cut)";

    public bool HasWires => false;

    public string SlowHost => throw Impossible();

    public string AddressOf(string host) => $"{_net}.{1 + hosts.ToList().IndexOf(host)}";

    public (string File, IReadOnlyList<string> Arguments) OnHost(string host, string file, IReadOnlyList<string> arguments) => (file, arguments);

    public Task DropAsync(IEnumerable<(string From, string To)> pairs) => throw Impossible();

    public Task IsolateAsync(string host) => throw Impossible();

    public Task LoseAsync(int percent) => throw Impossible();

    public Task DelayAsync(TimeSpan delay, TimeSpan jitter) => throw Impossible();

    public Task ResetAsync(string host) => throw Impossible();

    public Task HealAsync() => Task.CompletedTask;

    private static NotSupportedException Impossible() => new("loopback has no wires");
}
