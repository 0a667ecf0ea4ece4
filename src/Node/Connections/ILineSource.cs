namespace ChatAkka.Node.Connections;

/// <summary>The inbound side of a connection as its actor sees it. Both may be called from any thread.</summary>
internal interface ILineSource
{
    /// <summary>The lines handed over last are done with: the next may come.</summary>
    void Done();

    /// <summary>Closes the socket at once, whatever waits.</summary>
    void Abort();
}
