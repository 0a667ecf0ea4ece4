namespace ChatAkka.Load;

/// <summary>What a run measured.</summary>
internal sealed record LoadResult
{
    public required string Protocol { get; init; }

    public required string Load { get; init; }

    public required LoadPattern Pattern { get; init; }

    public required int Users { get; init; }

    public required double LoginSeconds { get; init; }

    public required long Sent { get; init; }

    /// <summary>Chats that are done: delivered, stored, acknowledged or read, as the pattern says.</summary>
    public required long Delivered { get; init; }

    public required long Lost { get; init; }

    public required long Doubled { get; init; }

    public required long Reordered { get; init; }

    public required long Damaged { get; init; }

    /// <summary>Chats with an id that got neither a receipt nor an error.</summary>
    public required long Unanswered { get; init; }

    public required long Errors { get; init; }

    /// <summary>The first line from a server that said so.</summary>
    public required string? FirstError { get; init; }

    public required int Disconnected { get; init; }

    /// <summary>How long the measured window was: of a backlog, until all was read.</summary>
    public required double Seconds { get; init; }

    public required double PerSecond { get; init; }

    /// <summary>Latencies in milliseconds: send (in an open loop: when it was due; in a backlog: when its reader connected) to done.</summary>
    public required IReadOnlyDictionary<string, double> LatencyMs { get; init; }

    public required IReadOnlyList<ProcessResult> Processes { get; init; }

    /// <summary>CPU time of all processes for each chat done, in microseconds.</summary>
    public required double? CpuMicrosPerChat { get; init; }

    public bool IsWrong => Lost + Doubled + Reordered + Damaged + Unanswered + Errors + Disconnected > 0;
}

/// <summary>One server process.</summary>
/// <param name="Id">Process id.</param>
/// <param name="CpuSeconds">CPU time in the measured window.</param>
/// <param name="CpuPercent">The same, of one core.</param>
/// <param name="MegabytesBefore">Resident memory before anybody logged in.</param>
/// <param name="MegabytesAfter">Resident memory at the end.</param>
internal sealed record ProcessResult(int Id, double CpuSeconds, double CpuPercent, double MegabytesBefore, double MegabytesAfter);
