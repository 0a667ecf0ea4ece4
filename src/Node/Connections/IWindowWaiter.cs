namespace ChatAkka.Node.Connections;

/// <summary>A sender that found a window full and waits for space in it.</summary>
internal interface IWindowWaiter
{
    /// <summary>The window has space again. Another sender may have used it meanwhile. No lock is held during the call.</summary>
    void OnSpace();
}
