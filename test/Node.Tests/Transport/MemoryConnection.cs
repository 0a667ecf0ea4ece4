namespace ChatAkka.Node.Tests.Transport;

/// <summary>A connection in memory. It behaves as a TCP connection does: either side may end its direction, and a side that closes with unread input
/// resets the connection.</summary>
internal sealed class MemoryConnection : ITransportClient
{
    /// <summary>The bytes from the client to the server.</summary>
    public MemoryPipe ToServer { get; } = new();

    /// <summary>The bytes from the server to the client.</summary>
    public MemoryPipe ToClient { get; } = new();

    public Task SendAsync(ReadOnlyMemory<byte> bytes) => ToServer.WriteAsync(bytes);

    public Task<int> ReadAsync(Memory<byte> into) => ToClient.ReadAsync(into);

    public void CloseSending() => ToServer.End();

    public void Abort()
    {
        ToServer.Break();
        ToClient.Break();
    }

    /// <summary>The client closes.</summary>
    public void Dispose() => Close(input: ToClient, output: ToServer);

    /// <summary>The server closes.</summary>
    public void CloseByServer() => Close(input: ToServer, output: ToClient);

    private void Close(MemoryPipe input, MemoryPipe output)
    {
        if (input.HasUnread)
            Abort();
        output.End();

        // The other side learns at its next write that nobody reads any more.
        input.Break();
    }
}
