namespace ChatAkka.Persistence.Redis.Tests;

/// <summary>Ends a kit's actor system with the test.</summary>
public sealed class Owned(PluginKit kit) : IDisposable
{
    /// <summary>The kit.</summary>
    public PluginKit Kit => kit;

    /// <inheritdoc/>
    public void Dispose() => kit.End();
}
