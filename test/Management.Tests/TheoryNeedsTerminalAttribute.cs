namespace ChatAkka.Management.Tests;

/// <summary>The same as <see cref="FactNeedsTerminalAttribute"/>, for several cases.</summary>
public sealed class TheoryNeedsTerminalAttribute : TheoryAttribute
{
    /// <summary>Sets the skip reason.</summary>
    public TheoryNeedsTerminalAttribute() => Skip = FactNeedsTerminalAttribute.SkipReason;
}
