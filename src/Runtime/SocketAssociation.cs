using System.Net.Sockets;
using Akka.Actor;
using ChatAkka.Runtime.Proof;

namespace ChatAkka.Runtime;

/// <summary>An association whose bytes go over the socket as they are.</summary>
internal sealed class SocketAssociation : MemberAssociation
{
    private readonly Socket _socket;
    private readonly SocketAsyncEventArgs _receive = new(true);
    private readonly SocketAsyncEventArgs _send = new(true);

    public SocketAssociation(Socket socket, Address local, Address remote, BegunConnection begun, AssociationSettings settings)
        : base(local, remote, begun, settings)
    {
        _socket = socket;
        _receive.Completed += (_, _) => OnReceived();
        _send.Completed += (_, _) => OnSent();
    }

    /// <inheritdoc/>
    protected override bool Receive(byte[] buffer, int offset, int count)
    {
        _receive.SetBuffer(buffer, offset, count);
        return !_socket.ReceiveAsync(_receive);
    }

    /// <inheritdoc/>
    protected override int TakeReceived() => _receive.SocketError switch
    {
        SocketError.Success => _receive.BytesTransferred,
        SocketError.ConnectionReset or SocketError.ConnectionAborted => -1,
        _ => 0,
    };

    /// <inheritdoc/>
    protected override bool Send(byte[] buffer, int count)
    {
        _send.SetBuffer(buffer, 0, count);
        return !_socket.SendAsync(_send);
    }

    /// <inheritdoc/>
    protected override bool TakeSendResult() => _send.SocketError == SocketError.Success;

    /// <inheritdoc/>
    protected override void Release()
    {
        _socket.Dispose();
        _receive.Dispose();
        _send.Dispose();
    }
}
