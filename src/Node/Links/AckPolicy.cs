namespace ChatAkka.Node.Links;

/// <summary>Decides when entries that were taken from a link are acknowledged: at once if somebody waits for it, otherwise together with later
/// ones.</summary>
/// <remarks>Pure: the actor sends the acknowledgement, and calls <see cref="DelayIsOver"/> after the delay. docs/delivery.md, "Links".</remarks>
/// <param name="every">After this many frames an acknowledgement is due in any case.</param>
internal sealed class AckPolicy(int every)
{
    private int _frames;

    /// <summary>True if an acknowledgement must be sent now, in a frame without entries if there is no other frame.</summary>
    public bool IsDue { get; private set; }

    /// <summary>True if entries were taken and no acknowledgement was sent since then.</summary>
    public bool IsOwed => IsDue || _frames > 0;

    /// <summary>Notes that a frame with entries came.</summary>
    /// <param name="atOnce">True if somebody waits for the acknowledgement.</param>
    public void Took(bool atOnce) => IsDue |= ++_frames >= every || atOnce;

    /// <summary>The delay is over. If no acknowledgement was sent meanwhile, it is due now.</summary>
    public void DelayIsOver() => IsDue = IsOwed;

    /// <summary>An acknowledgement was sent. Every frame carries one.</summary>
    public void Sent()
    {
        IsDue = false;
        _frames = 0;
    }
}
