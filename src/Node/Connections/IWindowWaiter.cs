namespace ChatAkka.Node.Connections;

/// <summary>A sender that found a window full and waits for space in it.</summary>
internal interface IWindowWaiter
{
    /// <summary>There is space again, which another sender may have taken meanwhile. Called without any lock held.</summary>
    void OnSpace();
}
