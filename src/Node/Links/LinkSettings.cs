using ChatAkka.Startup;

namespace ChatAkka.Node.Links;

/// <summary>Settings of the links to other nodes.</summary>
/// <param name="WindowBytes">The most bytes of entries that wait for an acknowledgement, per target.</param>
/// <param name="WindowEntries">The most entries that wait for one, per target.</param>
/// <param name="FrameBytes">The most bytes of entries in one frame; a single longer entry goes alone.</param>
/// <param name="FramesInFlight">How many frames may be on their way at once; what gathers meanwhile goes as one frame.</param>
/// <param name="ResendAfter">Without any acknowledgement for so long, all that is not acknowledged is sent again.</param>
/// <param name="AckDelay">The longest an acknowledgement that nobody waits for may wait for company.</param>
/// <param name="RelaySilence">Without a word from the relay for so long, frames go past it.</param>
internal sealed record LinkSettings(
    int WindowBytes, int WindowEntries, int FrameBytes, int FramesInFlight, TimeSpan ResendAfter, TimeSpan AckDelay, TimeSpan RelaySilence)
{
    /// <summary>After so many frames an acknowledgement goes out at once: before the other node may send no more.</summary>
    public int AckEvery => Math.Max(1, FramesInFlight / 2);

    /// <summary>The most that <see cref="WindowEntries"/> may be set to; the target counts on it.</summary>
    public const int MostWindowEntries = 8192;

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
