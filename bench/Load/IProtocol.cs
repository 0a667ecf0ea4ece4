namespace ChatAkka.Load;

/// <summary>A server's protocol, for one run.</summary>
internal interface IProtocol
{
    /// <summary>Gives the protocol of one connection.</summary>
    IWire NewWire();

    /// <summary>Makes on the server what the run needs.</summary>
    /// <param name="address">The server, as HOST:PORT.</param>
    /// <param name="stop">Ends the attempt.</param>
    Task PrepareAsync(string address, CancellationToken stop);

    /// <summary>Removes it.</summary>
    /// <param name="address">The server, as HOST:PORT.</param>
    Task CleanUpAsync(string address);
}

/// <summary>A protocol that needs nothing on the server, and whose connections have no state.</summary>
/// <param name="wire">What every connection speaks.</param>
internal sealed class PlainProtocol(IWire wire) : IProtocol
{
    public IWire NewWire() => wire;

    public Task PrepareAsync(string address, CancellationToken stop) => Task.CompletedTask;

    public Task CleanUpAsync(string address) => Task.CompletedTask;
}
