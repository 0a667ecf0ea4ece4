namespace ChatAkka.Startup;

/// <summary>How the port of a lost member is probed.</summary>
/// <param name="Refusals">After this many refused connections in a row the process counts as ended.</param>
/// <param name="Interval">Pause between two attempts.</param>
/// <param name="Timeout">Time limit of an attempt. If it passes, the probe ends without a result.</param>
/// <param name="GiveUpAfter">If the port still accepts connections after this time, the process counts as running.</param>
public sealed record CrashProbeSettings(int Refusals, TimeSpan Interval, TimeSpan Timeout, TimeSpan GiveUpAfter)
{
    /// <summary>Reads <c>chat.cluster.crash-probe</c>.</summary>
    public static CrashProbeSettings Create(ConfigReader reader) => new(
        reader.Int("chat.cluster.crash-probe.refusals", 1, 100),
        reader.Duration("chat.cluster.crash-probe.interval", TimeSpan.FromMilliseconds(5), TimeSpan.FromSeconds(10)),
        reader.Duration("chat.cluster.crash-probe.timeout", TimeSpan.FromMilliseconds(50), TimeSpan.FromSeconds(10)),
        reader.Duration("chat.cluster.crash-probe.give-up-after", TimeSpan.FromMilliseconds(50), TimeSpan.FromMinutes(1)));
}
