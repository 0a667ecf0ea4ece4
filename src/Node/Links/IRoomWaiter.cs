namespace ChatAkka.Node.Links;

/// <summary>Somebody who found a link's window full.</summary>
internal interface IRoomWaiter
{
    /// <summary>There is room again, perhaps taken by another meanwhile. Called without any lock held.</summary>
    void OnRoom();
}
