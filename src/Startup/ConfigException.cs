namespace ChatAkka.Startup;

/// <summary>The configuration is bad; nothing was started.</summary>
/// <param name="problems">Every problem, each with its path.</param>
public sealed class ConfigException(IReadOnlyList<string> problems) : Exception("bad configuration:\n  " + string.Join("\n  ", problems))
{
    /// <summary>Every problem, each with its path.</summary>
    public IReadOnlyList<string> Problems { get; } = problems;
}
