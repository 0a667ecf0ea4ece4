using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Security.Authentication;
using System.Security.Cryptography;
using Akka.Actor;
using ChatAkka.Runtime.Proof;

namespace ChatAkka.Runtime;

/// <summary>An association over TLS.</summary>
/// <remarks>One read and one write are under way at a time, which the stream allows. TLS's own notice of the end is not sent: payloads have their length, so a
/// connection that was cut cannot shorten one, and a lost connection is nothing else than an ended one.</remarks>
internal sealed class TlsAssociation : MemberAssociation
{
    private readonly Socket _socket;
    private readonly Stream _tls;
    private readonly Action _onReceived;
    private readonly Action _onSent;
    private ValueTaskAwaiter<int> _receive;
    private ValueTaskAwaiter _send;

    public TlsAssociation(Socket socket, Address local, Address remote, BegunConnection begun, AssociationSettings settings)
        : base(local, remote, begun, settings)
    {
        (_socket, _tls) = (socket, begun.Tls!);
        (_onReceived, _onSent) = (OnReceived, OnSent);
    }

    /// <inheritdoc/>
    protected override bool Receive(byte[] buffer, int offset, int count)
    {
        try
        {
            _receive = _tls.ReadAsync(buffer.AsMemory(offset, count)).GetAwaiter();
        }
        catch (Exception e) when (IsOfConnection(e))
        {
            _receive = ValueTask.FromException<int>(e).GetAwaiter();
        }

        if (_receive.IsCompleted)
            return true;
        _receive.UnsafeOnCompleted(_onReceived);
        return false;
    }

    /// <inheritdoc/>
    protected override int TakeReceived()
    {
        try
        {
            return _receive.GetResult();
        }
        catch (Exception e) when (IsOfConnection(e))
        {
            return e.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionReset or SocketError.ConnectionAborted } ? -1 : 0;
        }
    }

    /// <inheritdoc/>
    protected override bool Send(byte[] buffer, int count)
    {
        try
        {
            _send = _tls.WriteAsync(buffer.AsMemory(0, count)).GetAwaiter();
        }
        catch (Exception e) when (IsOfConnection(e))
        {
            _send = ValueTask.FromException(e).GetAwaiter();
        }

        if (_send.IsCompleted)
            return true;
        _send.UnsafeOnCompleted(_onSent);
        return false;
    }

    /// <inheritdoc/>
    protected override bool TakeSendResult()
    {
        try
        {
            _send.GetResult();
            return true;
        }
        catch (Exception e) when (IsOfConnection(e))
        {
            return false;
        }
    }

    /// <inheritdoc/>
    protected override void Release()
    {
        _socket.Dispose();
        _tls.Dispose();
    }

    private static bool IsOfConnection(Exception e) =>
        e is IOException or SocketException or AuthenticationException or ObjectDisposedException or InvalidOperationException or CryptographicException or OperationCanceledException;
}
