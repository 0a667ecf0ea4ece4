namespace ChatAkka.Management.Tests;

/// <summary>A test that runs pbm in a terminal, which <c>script</c> makes, and that is skipped with that reason if it is missing.</summary>
public sealed class FactNeedsTerminalAttribute : FactAttribute
{
    /// <summary>Sets the skip reason.</summary>
    public FactNeedsTerminalAttribute() => Skip = SkipReason;

    internal static string? SkipReason => File.Exists("/usr/bin/script") ? null : "needs script (apt-get install bsdutils)";
}
