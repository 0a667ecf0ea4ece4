using System.Net;
using System.Net.Sockets;

namespace ChatAkka.Node.Transport;

/// <summary>A socket that was accepted. Whoever takes it owns it.</summary>
/// <param name="Socket">The socket.</param>
/// <param name="Remote">The client's address.</param>
internal sealed record AcceptedSocket(Socket Socket, EndPoint Remote);
