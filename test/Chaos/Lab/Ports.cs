namespace ChatAkka.Chaos.Lab;

/// <summary>Where a member listens.</summary>
[Flags]
internal enum Ports
{
    /// <summary>For clients; a node only.</summary>
    Clients = 1,

    /// <summary>For the other members.</summary>
    Cluster = 2,

    /// <summary>For pbm.</summary>
    Pbm = 4,
}
