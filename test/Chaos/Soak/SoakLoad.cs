using ChatAkka.Chaos.History;
using ChatAkka.Chaos.Lab;

namespace ChatAkka.Chaos.Soak;

/// <summary>What a soak adds to a run: visitors, and a log of the resources.</summary>
internal sealed class SoakLoad : IAsyncDisposable
{
    private readonly Visitors _visitors;
    private readonly ResourceLog _resources;

    private SoakLoad(Visitors visitors, ResourceLog resources) => (_visitors, _resources) = (visitors, resources);

    /// <summary>Lets visitors come, and starts to measure.</summary>
    public static async Task<SoakLoad> StartAsync(Deployment lab, ChaosOptions options)
    {
        var resources = await ResourceLog.StartAsync(lab);
        var visitors = new Visitors([.. lab.Nodes.Select(n => lab.ClientAddressOf(n.Host))], options.Visitors, options.Seed);
        visitors.Start();
        return new SoakLoad(visitors, resources);
    }

    /// <summary>No visitor comes any more until <see cref="Go"/>, so that everything comes to rest.</summary>
    public Task RestAsync() => _visitors.RestAsync();

    /// <summary>Visitors come again.</summary>
    public void Go() => _visitors.Go();

    /// <summary>Takes the violations that the visitors saw since the last call.</summary>
    public IReadOnlyList<Violation> Check() => _visitors.Check();

    /// <summary>The lines of the report.</summary>
    public IEnumerable<string> Report() => [_visitors.Summary(), "", .. _resources.Report(), ""];

    /// <summary>Writes all samples into a file.</summary>
    public Task SaveAsync(string file) => _resources.SaveAsync(file);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _visitors.DisposeAsync();
        await _resources.DisposeAsync();
    }
}
