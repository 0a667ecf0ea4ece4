namespace ChatAkka.Node.Links;

/// <summary>The two paths of a link.</summary>
internal enum PathKind
{
    /// <summary>From node to node.</summary>
    Direct,

    /// <summary>Through the acting relay.</summary>
    ThroughRelay,
}
