namespace ChatAkka.Node.Connections;

/// <summary>The inbound side of a connection, as its actor uses it. Both methods may be called from any thread.</summary>
internal interface ILineSource
{
    /// <summary>The actor has processed the lines that it was given last. The next lines may come.</summary>
    void Done();

    /// <summary>Closes the socket at once, even if bytes wait to be written.</summary>
    void Abort();
}
