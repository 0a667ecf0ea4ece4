using System.Net.Sockets;
using Akka.Streams;
using Akka.Streams.Stage;
using ChatAkka.Runtime;

namespace ChatAkka.Node.Transport;

/// <summary>A connected socket as a flow: what comes in is written, what is read goes out.</summary>
/// <remarks>
/// One read and one write are under way at a time, each begun by demand: nothing is read that nobody asked for, and nothing is taken to
/// be written before the last was. The end of the input closes the write side only (half-close), the client's end completes the output
/// only; when both are over, or one fails, the socket is closed. A failure from upstream resets the connection.
/// </remarks>
/// <param name="socket">The socket; the stage owns it.</param>
internal sealed class SocketStage(Socket socket) : GraphStage<FlowShape<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>>>
{
    private readonly Inlet<ReadOnlyMemory<byte>> _in = new("socket.in");
    private readonly Outlet<ReadOnlyMemory<byte>> _out = new("socket.out");

    /// <inheritdoc/>
    public override FlowShape<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>> Shape => new(_in, _out);

    /// <inheritdoc/>
    protected override GraphStageLogic CreateLogic(Attributes inheritedAttributes) => new Logic(this, socket);

    private sealed class Logic : GraphStageLogic
    {
        private readonly SocketStage _stage;
        private readonly Socket _socket;
        private readonly SocketAsyncEventArgs _receive = new(true);
        private readonly SocketAsyncEventArgs _send = new(true);
        private readonly ReadBuffer _buffer = new();
        private readonly Action _onReceived;
        private readonly Action _onSent;
        private bool _isSending;
        private bool _inputEnded;

        public Logic(SocketStage stage, Socket socket)
            : base(stage.Shape)
        {
            _stage = stage;
            _socket = socket;
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
            // What is under way ends with an error that nobody is told any more.
            _socket.Dispose();
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
            // Nobody reads any more; what is to be written still is.
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
