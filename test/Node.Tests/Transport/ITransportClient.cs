namespace ChatAkka.Node.Tests.Transport;

/// <summary>The client's end of a connection, whatever carries its bytes.</summary>
internal interface ITransportClient : IDisposable
{
    /// <summary>Sends bytes; completes when the transport has taken them.</summary>
    /// <exception cref="IOException">The connection is reset, or its other end is closed.</exception>
    Task SendAsync(ReadOnlyMemory<byte> bytes);

    /// <summary>Reads bytes that came; 0 if the other side sends nothing more.</summary>
    /// <exception cref="IOException">The connection is reset.</exception>
    Task<int> ReadAsync(Memory<byte> into);

    /// <summary>Ends the direction to the server. What the server sends can still be read.</summary>
    void CloseSending();

    /// <summary>Resets the connection, as a process does that crashes.</summary>
    void Abort();
}
