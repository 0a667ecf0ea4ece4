namespace ChatAkka.Sessions;

/// <summary>Tells whether a cluster runs on this registry, so that a starting member never founds a second cluster.</summary>
/// <remarks>A second cluster would treat every node of the first one as dead and delete its sessions; docs/decisions/0007.</remarks>
public interface IClusterDirectory
{
    /// <summary>True if the store is embedded in this process and keeps its data: then every member is recorded in it. An external store may
    /// just have restarted empty, and the living members may not have confirmed the cluster yet.</summary>
    bool IsOwn { get; }

    /// <summary>Lists the addresses where other members may run.</summary>
    /// <param name="address">The caller's own cluster address, as HOST:PORT. The list does not contain it.</param>
    Task<DirectoryOutcome> LookAsync(string address);

    /// <summary>Asks for permission to found a cluster. Of several processes that ask at the same time only one gets it, and none while a
    /// cluster runs.</summary>
    /// <param name="address">The caller's own cluster address.</param>
    Task<bool> TryFoundAsync(string address);

    /// <summary>Confirms that a cluster runs. Every member does so once a second.</summary>
    /// <param name="address">The caller's own cluster address.</param>
    Task ConfirmAsync(string address);

    /// <summary>Reports that a member stops. If no other member confirmed the cluster after it, a new cluster may be founded at once.</summary>
    /// <param name="address">The caller's own cluster address.</param>
    Task LeaveAsync(string address);
}
