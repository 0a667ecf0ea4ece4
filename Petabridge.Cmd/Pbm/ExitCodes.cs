namespace ChatAkka.Management.Client;

/// <summary>Exit codes of <c>pbm</c>; docs/pbm.md lists them.</summary>
internal static class ExitCodes
{
    /// <summary>Done.</summary>
    public const int Ok = 0;

    /// <summary>The command failed, or its answer is not whole.</summary>
    public const int Failed = 1;

    /// <summary>Used wrongly.</summary>
    public const int Usage = 2;

    /// <summary>No connection: nobody is there, it is no host, the host refused, or it went away.</summary>
    public const int NoConnection = 3;
}
