namespace ChatAkka.Startup;

/// <summary>Exit codes of node and relay; <c>docs/operations.md</c>.</summary>
public static class ExitCodes
{
    /// <summary>Asked to stop and stopped.</summary>
    public const int Ok = 0;

    /// <summary>Lost its place in the cluster, or failed; a supervisor should start it again.</summary>
    public const int Failed = 1;

    /// <summary>The command line, the configuration, a port or a directory is not usable; starting again does not help.</summary>
    public const int BadConfiguration = 2;
}
