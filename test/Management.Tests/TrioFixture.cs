using System.Globalization;
using ChatAkka.Cluster.Tests;
using ChatAkka.TestSupport;

namespace ChatAkka.Management.Tests;

/// <summary>Three nodes that share the first one's embedded store; the relay acts in the first. Each can be managed.</summary>
public class TrioFixture : IAsyncLifetime
{
    private readonly TempFolder _data = new();

    internal int StorePort { get; } = FreePorts.Next();

    internal TestNode A { get; private set; } = null!;

    internal TestNode B { get; private set; } = null!;

    internal TestNode C { get; private set; } = null!;

    /// <summary>Where <c>pbm</c> reaches them.</summary>
    internal IReadOnlyList<string> Pbm { get; } = [.. Enumerable.Range(0, 3).Select(_ => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{FreePorts.Next()}"))];

    /// <summary>More arguments for all nodes.</summary>
    protected virtual string[] Arguments => [];

    public async Task InitializeAsync()
    {
        A = TestNode.Alone(_data, StorePort, ["--pbm", Pbm[0], .. Arguments]);
        await A.ReadyAsync();
        B = TestNode.Node(A.Store, A.Cluster, ["--pbm", Pbm[1], .. Arguments]);
        C = TestNode.Node(A.Store, A.Cluster, ["--pbm", Pbm[2], .. Arguments]);
        foreach (var node in new[] { B, C })
            await node.ReadyAsync();
        foreach (var node in new[] { A, B, C })
            await node.Process.WaitForAsync("through the relay");
        await Eventually.TrueAsync(async () => (await RunAsync("chat", "nodes")).Lines.Count(l => l.Contains("\t2\t", StringComparison.Ordinal)) == 3, "every node has links to both others");
    }

    public async Task DisposeAsync()
    {
        foreach (var node in new[] { C, B, A })
            await node.DisposeAsync();
        _data.Dispose();
    }

    /// <summary>Asks the first node.</summary>
    internal Task<PbmProcess.Result> RunAsync(params string[] command) => PbmProcess.RunAsync([Pbm[0], .. command]);
}
