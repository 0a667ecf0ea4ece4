namespace ChatAkka.Startup;

/// <summary>Exit codes of node and relay; <c>docs/operations.md</c>.</summary>
public static class ExitCodes
{
    /// <summary>The process was asked to stop, and stopped.</summary>
    public const int Ok = 0;

    /// <summary>The process was removed from the cluster, or failed. A supervisor should restart it.</summary>
    public const int Failed = 1;

    /// <summary>The command line, the configuration, a port or a directory cannot be used. A restart does not help.</summary>
    public const int BadConfiguration = 2;
}
