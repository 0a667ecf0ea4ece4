using System.Net;
using System.Net.Sockets;

namespace ChatAkka.Node.Transport;

/// <summary>A socket that was accepted. Whoever takes it owns it.</summary>
/// <param name="Socket">The socket.</param>
/// <param name="Remote">The client's address.</param>
internal sealed record AcceptedSocket(Socket Socket, EndPoint Remote)
{
    /// <summary>Disposed when the connection has ended, so that it does not count any more; null if the limits of its address do not let it in.</summary>
    public IDisposable? Place { get; init; }

    /// <summary>True if the socket is closed already.</summary>
    public bool IsClosed { get; init; }
}
