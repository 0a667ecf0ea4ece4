namespace ChatAkka.Startup;

/// <summary>How a lost member's port is probed.</summary>
/// <param name="Refusals">So many refused connections in a row mean that the process is gone.</param>
/// <param name="Interval">Pause between two attempts.</param>
/// <param name="Timeout">An attempt that takes longer says nothing, and ends the probe.</param>
/// <param name="GiveUpAfter">A port that still takes connections after this long belongs to a living process.</param>
public sealed record CrashProbeSettings(int Refusals, TimeSpan Interval, TimeSpan Timeout, TimeSpan GiveUpAfter)
{
    /// <summary>Reads <c>chat.cluster.crash-probe</c>.</summary>
    public static CrashProbeSettings Create(ConfigReader reader) => new(
        reader.Int("chat.cluster.crash-probe.refusals", 1, 100),
        reader.Duration("chat.cluster.crash-probe.interval", TimeSpan.FromMilliseconds(5), TimeSpan.FromSeconds(10)),
        reader.Duration("chat.cluster.crash-probe.timeout", TimeSpan.FromMilliseconds(50), TimeSpan.FromSeconds(10)),
        reader.Duration("chat.cluster.crash-probe.give-up-after", TimeSpan.FromMilliseconds(50), TimeSpan.FromMinutes(1)));
}
