using System.Net.Sockets;
using Akka.Streams;
using Akka.Streams.Stage;
using ChatAkka.Runtime;

namespace ChatAkka.Node.Transport;

/// <summary>A connected socket as a flow: it writes the bytes that come in, and gives out the bytes that it reads.</summary>
/// <remarks>
/// At most one read and one write are in progress at a time. Each begins on demand: nothing is read before it is requested, and no bytes are taken
/// for writing before the last ones were written. The end of the input closes only the write side (half-close). The client's end completes only the
/// output. The socket is closed when both directions have ended, or when one fails. A failure from upstream resets the connection.
/// </remarks>
/// <param name="socket">The socket; the stage owns it.</param>
/// <param name="place">Disposed with it; null: nothing.</param>
/// <param name="size">How much is read at a time.</param>
internal sealed class SocketStage(Socket socket, IDisposable? place, ReadSize size) : GraphStage<FlowShape<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>>>
{
    private readonly Inlet<ReadOnlyMemory<byte>> _in = new("socket.in");
    private readonly Outlet<ReadOnlyMemory<byte>> _out = new("socket.out");

    /// <inheritdoc/>
    public override FlowShape<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>> Shape => new(_in, _out);

    /// <inheritdoc/>
    protected override GraphStageLogic CreateLogic(Attributes inheritedAttributes) => new Logic(this, socket, place, size);

    private sealed class Logic : GraphStageLogic
    {
        private readonly SocketStage _stage;
        private readonly Socket _socket;
        private readonly IDisposable? _place;
        private readonly SocketAsyncEventArgs _receive = new(true);
        private readonly SocketAsyncEventArgs _send = new(true);
        private readonly ReadBuffer _buffer;
        private readonly Action _onReceived;
        private readonly Action _onSent;
        private bool _isSending;
        private bool _inputEnded;

        public Logic(SocketStage stage, Socket socket, IDisposable? place, ReadSize size)
            : base(stage.Shape)
        {
            (_stage, _socket, _place, _buffer) = (stage, socket, place, new ReadBuffer(size));
            _onReceived = GetAsyncCallback(OnReceived);
            _onSent = GetAsyncCallback(OnSent);
            _receive.Completed += (_, _) => InTurn(_onReceived);
            _send.Completed += (_, _) => InTurn(_onSent);
            SetHandler(stage._in, OnPush, OnInputEnd, OnInputFailure);
            SetHandler(stage._out, Receive, OnOutputCancelled);
        }

        public override void PreStart() => Pull(_stage._in);

        public override void PostStop()
        {
            // Operations that are in progress end with an error, which nobody receives any more.
            _socket.Dispose();
            _place?.Dispose();
            _receive.Dispose();
            _send.Dispose();
        }

        private static void InTurn(Action callback)
        {
            using var turn = Turn.Begin();
            callback();
        }

        private void Receive()
        {
            _receive.SetBuffer(_buffer.Free);
            if (!_socket.ReceiveAsync(_receive))
                OnReceived();
        }

        private void OnReceived()
        {
            if (IsClosed(_stage._out))
                return;
            if (_receive.SocketError != SocketError.Success)
                FailStage(new SocketException((int)_receive.SocketError));
            else if (_receive.BytesTransferred == 0)
            {
                Complete(_stage._out);
                EndIfBothEnded();
            }
            else
                Push(_stage._out, _buffer.Take(_receive.BytesTransferred));
        }

        private void OnPush()
        {
            _send.SetBuffer(System.Runtime.InteropServices.MemoryMarshal.AsMemory(Grab(_stage._in)));
            _isSending = true;
            if (!_socket.SendAsync(_send))
                OnSent();
        }

        private void OnSent()
        {
            _isSending = false;
            if (_send.SocketError != SocketError.Success)
                FailStage(new SocketException((int)_send.SocketError));
            else if (_inputEnded)
                CloseWriteSide();
            else
                Pull(_stage._in);
        }

        private void OnInputEnd()
        {
            _inputEnded = true;
            if (!_isSending)
                CloseWriteSide();
        }

        private void OnInputFailure(Exception cause)
        {
            _socket.LingerState = new LingerOption(true, 0);
            FailStage(cause);
        }

        private void OnOutputCancelled(Exception cause)
        {
            // Nobody takes the bytes that are read any more. Bytes that wait to be written are still written.
            EndIfBothEnded();
        }

        private void CloseWriteSide()
        {
            try
            {
                _socket.Shutdown(SocketShutdown.Send);
                EndIfBothEnded();
            }
            catch (SocketException e)
            {
                FailStage(e);
            }
        }

        private void EndIfBothEnded()
        {
            if (_inputEnded && !_isSending && IsClosed(_stage._out))
                CompleteStage();
        }
    }
}
