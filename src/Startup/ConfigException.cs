namespace ChatAkka.Startup;

/// <summary>The configuration has errors. Nothing was started.</summary>
/// <param name="problems">All problems, each with its path.</param>
public sealed class ConfigException(IReadOnlyList<string> problems) : Exception("bad configuration:\n  " + string.Join("\n  ", problems))
{
    /// <summary>All problems, each with its path.</summary>
    public IReadOnlyList<string> Problems { get; } = problems;
}
