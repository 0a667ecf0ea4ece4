namespace ChatAkka.Sessions;

/// <summary>Says whether a cluster lives on this registry, so that a member that starts never founds a second one.</summary>
/// <remarks>A second cluster would take every node of the first for dead and delete its sessions; docs/decisions/0007.</remarks>
public interface IClusterDirectory
{
    /// <summary>True where the registry lives in this process and keeps what it was told: nobody can be there whom it does not know.
    /// Another one may have come back empty a moment ago, before the members that live could speak.</summary>
    bool IsOwn { get; }

    /// <summary>Lists where other members may be.</summary>
    /// <param name="address">Own cluster address, as HOST:PORT, which is left out.</param>
    Task<DirectoryOutcome> LookAsync(string address);

    /// <summary>Asks to found a cluster; of several that ask at once one may, and none while a cluster lives.</summary>
    /// <param name="address">Own cluster address.</param>
    Task<bool> TryFoundAsync(string address);

    /// <summary>Says that a cluster lives; every member does so once a second.</summary>
    /// <param name="address">Own cluster address.</param>
    Task ConfirmAsync(string address);

    /// <summary>A member stops: if nobody else spoke after it, a cluster may be founded at once.</summary>
    /// <param name="address">Own cluster address.</param>
    Task LeaveAsync(string address);
}
