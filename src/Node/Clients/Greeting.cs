namespace ChatAkka.Node.Clients;

/// <summary>Which clients are greeted. A program reads its first line as the answer to its first command, so it must not get one before.</summary>
internal enum Greeting
{
    /// <summary>Nobody.</summary>
    Off,

    /// <summary>Those whose first line is empty: a person who pressed Enter.</summary>
    Typed,

    /// <summary>All, as soon as they are connected: where only people connect.</summary>
    Always,
}
