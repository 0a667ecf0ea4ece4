namespace ChatAkka.Management.Wire;

/// <summary>Why a host takes nothing from a client.</summary>
public static class RefusalCodes
{
    /// <summary>The token is missing or wrong.</summary>
    public const string Token = "token";

    /// <summary>Too many wrong tokens came from there.</summary>
    public const string Locked = "locked";

    /// <summary>No version in common.</summary>
    public const string Version = "version";

    /// <summary>Too many clients.</summary>
    public const string Busy = "busy";

    /// <summary>Nothing was asked for within the idle limit.</summary>
    public const string Idle = "idle";

    /// <summary>A frame is longer than allowed, cannot be read, or came out of turn.</summary>
    public const string Frame = "frame";
}
