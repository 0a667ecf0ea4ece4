using System.Diagnostics;
using System.Globalization;

namespace ChatAkka.Chaos.Lab;

/// <summary>Makes the namespaces of a run, starts the run itself inside, and takes them away again.</summary>
internal static class NamespaceLab
{
    /// <summary>Host of the clients and of this program.</summary>
    public const string Clients = "c";

    /// <summary>The bridge's port to the slow host.</summary>
    public const string SlowPort = "slow0";

    private const string Net = "10.77.0";
    private const string Family = "chatakka-";

    /// <summary>Says why namespaces cannot be used here; null where they can.</summary>
    public static async Task<string?> ProblemAsync()
    {
        var probe = $"{Family}{Environment.ProcessId}-probe";
        try
        {
            await Shell.RunAsync("ip", "netns", "add", probe);
            try
            {
                await Shell.RunAsync("ip", "netns", "exec", probe, "nft", "table bridge t { chain f { type filter hook forward priority 0; }; }");
                return File.Exists("/dev/net/tun") ? null : "there is no /dev/net/tun";
            }
            finally
            {
                await Shell.RunAsync("ip", "netns", "del", probe);
            }
        }
        catch (Exception e) when (e is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            return e.Message.Trim();
        }
    }

    /// <summary>Runs this program again inside a laboratory; gives its exit code.</summary>
    public static async Task<int> RunInsideAsync(IReadOnlyList<string> hosts, IReadOnlyList<string> arguments)
    {
        await RemoveLeftoversAsync();
        var prefix = $"{Family}{Environment.ProcessId}";
        try
        {
            await MakeAsync(prefix, hosts);
            var program = Path.ChangeExtension(Environment.ProcessPath ?? "", null) is { } own && Path.GetFileName(own) == "dotnet"
                ? new[] { Environment.ProcessPath!, typeof(NamespaceLab).Assembly.Location }
                : [Environment.ProcessPath!];
            var info = new ProcessStartInfo("ip", ["netns", "exec", $"{prefix}-{Clients}", .. program, .. arguments, "--inside", prefix]);
            using var run = Process.Start(info)!;

            // A signal to this process goes to the run, which ends by itself; then the laboratory is taken down.
            Console.CancelKeyPress += (_, e) => e.Cancel = true;
            using var term = System.Runtime.InteropServices.PosixSignalRegistration.Create(
                System.Runtime.InteropServices.PosixSignal.SIGTERM,
                c =>
                {
                    c.Cancel = true;
                    using var kill = Process.Start("kill", ["-TERM", run.Id.ToString(CultureInfo.InvariantCulture)]);
                });
            await run.WaitForExitAsync();
            return run.ExitCode;
        }
        finally
        {
            await RemoveAsync(prefix);
        }
    }

    public static string SwitchOf(string prefix) => $"{prefix}-sw";

    public static string PortOf(string host) => $"p-{host}";

    /// <summary>The last node's wire can be made slow.</summary>
    public static string SlowHostOf(IReadOnlyList<string> hosts) => hosts.Last(h => h.StartsWith('n'));

    public static string AddressOf(IReadOnlyList<string> hosts, string host) => $"{Net}.{1 + hosts.ToList().IndexOf(host)}";

    /// <summary>Gives the slow host its address, once its wire is there.</summary>
    public static async Task PlugSlowHostAsync(string prefix, IReadOnlyList<string> hosts)
    {
        var host = SlowHostOf(hosts);
        await Shell.RunAsync("ip", "-n", SwitchOf(prefix), "link", "set", SlowPort, "master", "br0", "up");
        await Shell.RunAsync("ip", "-n", $"{prefix}-{host}", "addr", "add", $"{AddressOf(hosts, host)}/24", "dev", "eth0");
        await Shell.RunAsync("ip", "-n", $"{prefix}-{host}", "link", "set", "eth0", "up");
    }

    private static async Task MakeAsync(string prefix, IReadOnlyList<string> hosts)
    {
        var bridge = SwitchOf(prefix);
        await Shell.RunAsync("ip", "netns", "add", bridge);
        await Shell.RunAsync("ip", "-n", bridge, "link", "add", "br0", "type", "bridge");
        await Shell.RunAsync("ip", "-n", bridge, "link", "set", "br0", "up");
        foreach (var host in hosts)
        {
            var space = $"{prefix}-{host}";
            await Shell.RunAsync("ip", "netns", "add", space);
            await Shell.RunAsync("ip", "-n", space, "link", "set", "lo", "up");
            if (host == SlowHostOf(hosts))
                continue;
            await Shell.RunAsync("ip", "-n", bridge, "link", "add", PortOf(host), "type", "veth", "peer", "name", "eth0", "netns", space);
            await Shell.RunAsync("ip", "-n", bridge, "link", "set", PortOf(host), "master", "br0", "up");
            await Shell.RunAsync("ip", "-n", space, "addr", "add", $"{AddressOf(hosts, host)}/24", "dev", "eth0");
            await Shell.RunAsync("ip", "-n", space, "link", "set", "eth0", "up");
        }
    }

    private static async Task RemoveAsync(string prefix)
    {
        foreach (var space in (await SpacesAsync()).Where(s => s.StartsWith(prefix + "-", StringComparison.Ordinal)))
        {
            foreach (var pid in (await Shell.RunAsync("ip", "netns", "pids", space)).Split('\n', StringSplitOptions.RemoveEmptyEntries))
                Kill(int.Parse(pid, CultureInfo.InvariantCulture));
            await Shell.RunAsync("ip", "netns", "del", space);
        }
    }

    /// <summary>A run that was killed could not clean up: what it left goes now.</summary>
    private static async Task RemoveLeftoversAsync()
    {
        var owners = (await SpacesAsync()).Where(s => s.StartsWith(Family, StringComparison.Ordinal)).Select(s => s.Split('-')[1]).Distinct();
        foreach (var owner in owners.Where(o => !Directory.Exists($"/proc/{o}")))
        {
            try
            {
                await RemoveAsync($"{Family}{owner}");
            }
            catch (InvalidOperationException)
            {
                // Another run that begins now was faster. What it leaves goes with the next one.
            }
        }
    }

    private static async Task<IReadOnlyList<string>> SpacesAsync() =>
        [.. (await Shell.RunAsync("ip", "netns", "list")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split(' ')[0])];

    private static void Kill(int pid)
    {
        try
        {
            using var process = Process.GetProcessById(pid);
            process.Kill();
            process.WaitForExit(5000);
        }
        catch (ArgumentException)
        {
            // It has ended meanwhile.
        }
    }
}
