using ChatAkka.Startup;

namespace ChatAkka.Node.Links;

/// <summary>Settings of the links to other nodes, as operators set them.</summary>
/// <param name="WindowBytes">The most bytes of entries that wait for an acknowledgement, for each target.</param>
/// <param name="WindowEntries">The most entries that wait for an acknowledgement, for each target.</param>
/// <param name="FrameBytes">The most bytes of entries in one frame. A single entry that is longer has a frame of its own.</param>
/// <param name="FramesInFlight">The most frames in flight at once. Entries that are appended meanwhile wait, and go together in the next
/// frames.</param>
/// <param name="ResendAfter">The time between two checks of a link. If no acknowledgement came between two checks, everything that is not
/// acknowledged is sent again.</param>
/// <param name="AckDelay">The longest time that an acknowledgement waits for a frame that carries it, if nobody waits for the
/// acknowledgement.</param>
/// <param name="RelaySilence">If no heartbeat of the relay came for this long, frames go directly.</param>
internal sealed record LinkSettings(
    int WindowBytes, int WindowEntries, int FrameBytes, int FramesInFlight, TimeSpan ResendAfter, TimeSpan AckDelay, TimeSpan RelaySilence)
{
    /// <summary>The times that operators do not set.</summary>
    public LinkTimings Timings { get; init; } = LinkTimings.Of(ResendAfter, RelaySilence);

    /// <summary>After this many frames an acknowledgement is sent at once: before the other node has too many frames in flight to send
    /// more.</summary>
    public int AckEvery => Math.Max(1, FramesInFlight / 2);

    /// <summary>The largest value of <see cref="WindowEntries"/>. The target relies on it, in <see cref="Rejections"/>.</summary>
    public const int MostWindowEntries = 8192;

    /// <summary>Reports a relay that would be doubted although it sends all its heartbeats.</summary>
    /// <param name="reader">Collects the problem.</param>
    /// <param name="heartbeat">The pause between two heartbeats of a relay, as the configuration of this process says
    /// (<c>chat.relay.greet-interval</c>).</param>
    public void CheckAgainst(ConfigReader reader, TimeSpan heartbeat)
    {
        if (RelaySilence < 2 * heartbeat)
        {
            reader.Report(
                "chat.link.relay-silence",
                $"is {RelaySilence.TotalMilliseconds:0}ms, expected at least twice chat.relay.greet-interval, which is {heartbeat.TotalMilliseconds:0}ms: " +
                "otherwise a relay is doubted between two of its heartbeats");
        }
    }

    /// <summary>Reads <c>chat.link</c>.</summary>
    public static LinkSettings Create(ConfigReader reader) => new(
        reader.Bytes("chat.link.window", 64 * 1024, 256 * 1024 * 1024),
        reader.Int("chat.link.window-entries", 16, MostWindowEntries),
        reader.Bytes("chat.link.frame", 1024, 64 * 1024),
        reader.Int("chat.link.frames-in-flight", 1, 64),
        reader.Duration("chat.link.resend-after", TimeSpan.FromMilliseconds(50), TimeSpan.FromMinutes(1)),
        reader.Duration("chat.link.ack-delay", TimeSpan.Zero, TimeSpan.FromSeconds(1)),
        reader.Duration("chat.link.relay-silence", TimeSpan.FromMilliseconds(200), TimeSpan.FromMinutes(1)));
}
