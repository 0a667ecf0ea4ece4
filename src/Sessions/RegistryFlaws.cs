namespace ChatAkka.Sessions;

/// <summary>Protections of the registry that can be left out, so that the chaos tests prove that they would notice.</summary>
/// <remarks>Set by <c>chat.sabotage</c> and nothing else.</remarks>
[Flags]
public enum RegistryFlaws
{
    /// <summary>As it should be.</summary>
    None = 0,

    /// <summary>A node does not look at its tombstone.</summary>
    NoTombstone = 1,

    /// <summary>Sessions are deleted whoever holds them.</summary>
    NoCompare = 2,
}
