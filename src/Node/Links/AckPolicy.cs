namespace ChatAkka.Node.Links;

/// <summary>Decides when what was taken from a link is acknowledged: at once where somebody waits for it, else in company.</summary>
/// <remarks>Pure: the actor sends, and asks again after the delay. docs/delivery.md, "Links".</remarks>
/// <param name="every">After so many frames an acknowledgement is due in any case.</param>
internal sealed class AckPolicy(int every)
{
    private int _frames;

    /// <summary>True where an acknowledgement is to go out now, alone if nothing else does.</summary>
    public bool IsDue { get; private set; }

    /// <summary>True where something was taken that no acknowledgement went out for.</summary>
    public bool IsOwed => IsDue || _frames > 0;

    /// <summary>Takes note of a frame with entries.</summary>
    /// <param name="atOnce">True where somebody waits for it.</param>
    public void Took(bool atOnce) => IsDue |= ++_frames >= every || atOnce;

    /// <summary>Nothing came along for the whole delay.</summary>
    public void DelayIsOver() => IsDue = IsOwed;

    /// <summary>An acknowledgement goes out: every frame carries one.</summary>
    public void Sent()
    {
        IsDue = false;
        _frames = 0;
    }
}
