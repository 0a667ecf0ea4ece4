using System.Net.Security;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Security.Authentication;
using Akka.Streams;
using Akka.Streams.Stage;
using ChatAkka.Runtime;
using ChatAkka.Runtime.Tls;

namespace ChatAkka.Node.Transport;

/// <summary>A connection over TLS as a flow, after its handshake. It keeps the same rules as <see cref="SocketStage"/>.</summary>
/// <remarks>The end of the input sends TLS's own notice of the end, and then closes the write side of the socket.</remarks>
/// <param name="tls">The connection; the stage owns it.</param>
/// <param name="bytes">The bytes under TLS.</param>
/// <param name="socket">Its socket.</param>
/// <param name="place">Disposed with it; null: nothing.</param>
/// <param name="size">How much is read at a time.</param>
internal sealed class TlsStage(SslStream tls, HandshakeStream bytes, Socket socket, IDisposable? place, ReadSize size) : GraphStage<FlowShape<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>>>
{
    private readonly Inlet<ReadOnlyMemory<byte>> _in = new("tls.in");
    private readonly Outlet<ReadOnlyMemory<byte>> _out = new("tls.out");

    private enum Writing
    {
        Nothing,
        Bytes,
        End,
        Ended,
    }

    /// <inheritdoc/>
    public override FlowShape<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>> Shape => new(_in, _out);

    /// <inheritdoc/>
    protected override GraphStageLogic CreateLogic(Attributes inheritedAttributes) => new Logic(this, tls, bytes, socket, place, size);

    private sealed class Logic : GraphStageLogic
    {
        private readonly TlsStage _stage;
        private readonly SslStream _tls;
        private readonly Socket _socket;
        private readonly IDisposable? _place;
        private readonly ReadBuffer _buffer;
        private readonly Action _onRead;
        private readonly Action _onWritten;
        private readonly Action _readCompleted;
        private readonly Action _writeCompleted;
        private ValueTaskAwaiter<int> _read;
        private ValueTaskAwaiter _write;
        private Writing _writing;
        private bool _inputEnded;
        private int _turnThread;

        public Logic(TlsStage stage, SslStream tls, HandshakeStream bytes, Socket socket, IDisposable? place, ReadSize size)
            : base(stage.Shape)
        {
            (_stage, _tls, _socket, _place, _buffer) = (stage, tls, socket, place, new ReadBuffer(size));
            var run = GetAsyncCallback<Action>(RunInTurn);
            bytes.Attach(action =>
            {
                using var turn = Turn.Begin();
                run(action);
            });
            _onRead = GetAsyncCallback(OnRead);
            _onWritten = GetAsyncCallback(OnWritten);
            _readCompleted = () => InTurn(OnRead, _onRead);
            _writeCompleted = () => InTurn(OnWritten, _onWritten);
            SetHandler(stage._in, OnPush, OnInputEnd, OnInputFailure);
            SetHandler(stage._out, Read, OnOutputCancelled);
        }

        public override void PreStart() => Pull(_stage._in);

        public override void PostStop()
        {
            // Operations that are in progress end with an error, which nobody receives any more.
            _socket.Dispose();
            _tls.Dispose();
            _place?.Dispose();
        }

        /// <summary>TLS goes on here when bytes came or were written; most of the time it then tells that the read or the write is done.</summary>
        private void RunInTurn(Action action)
        {
            _turnThread = Environment.CurrentManagedThreadId;
            try
            {
                action();
            }
            finally
            {
                _turnThread = 0;
            }
        }

        private void InTurn(Action callback, Action later)
        {
            if (Volatile.Read(ref _turnThread) == Environment.CurrentManagedThreadId)
            {
                callback();
                return;
            }

            using var turn = Turn.Begin();
            later();
        }

        private static bool IsOfConnection(Exception e) =>
            e is IOException or SocketException or AuthenticationException or ObjectDisposedException or InvalidOperationException or System.Security.Cryptography.CryptographicException;

        private void Read()
        {
            try
            {
                _read = _tls.ReadAsync(_buffer.Free).GetAwaiter();
            }
            catch (Exception e) when (IsOfConnection(e))
            {
                FailStage(e);
                return;
            }

            if (_read.IsCompleted)
                OnRead();
            else
                _read.UnsafeOnCompleted(_readCompleted);
        }

        private void OnRead()
        {
            int count;
            try
            {
                count = _read.GetResult();
            }
            catch (Exception e) when (IsOfConnection(e))
            {
                if (!IsClosed(_stage._out))
                    FailStage(e);
                return;
            }

            if (IsClosed(_stage._out))
                return;
            if (count > 0)
            {
                Push(_stage._out, _buffer.Take(count));
                return;
            }

            Complete(_stage._out);
            EndIfBothEnded();
        }

        private void OnPush()
        {
            try
            {
                Await(Writing.Bytes, _tls.WriteAsync(Grab(_stage._in)));
            }
            catch (Exception e) when (IsOfConnection(e))
            {
                FailStage(e);
            }
        }

        private void WriteEnd()
        {
            try
            {
                Await(Writing.End, new ValueTask(_tls.ShutdownAsync()));
            }
            catch (Exception e) when (IsOfConnection(e))
            {
                FailStage(e);
            }
        }

        private void Await(Writing what, ValueTask task)
        {
            _writing = what;
            _write = task.GetAwaiter();
            if (_write.IsCompleted)
                OnWritten();
            else
                _write.UnsafeOnCompleted(_writeCompleted);
        }

        private void OnWritten()
        {
            var written = _writing;
            try
            {
                _write.GetResult();
                _writing = Writing.Nothing;
                if (written == Writing.End)
                    CloseWriteSide();
                else if (_inputEnded)
                    WriteEnd();
                else
                    Pull(_stage._in);
            }
            catch (Exception e) when (IsOfConnection(e))
            {
                FailStage(e);
            }
        }

        private void OnInputEnd()
        {
            _inputEnded = true;
            if (_writing == Writing.Nothing)
                WriteEnd();
        }

        private void CloseWriteSide()
        {
            _writing = Writing.Ended;
            _socket.Shutdown(SocketShutdown.Send);
            EndIfBothEnded();
        }

        private void OnInputFailure(Exception cause)
        {
            _socket.LingerState = new LingerOption(true, 0);
            FailStage(cause);
        }

        private void OnOutputCancelled(Exception cause)
        {
            // Nobody takes the bytes that are read any more. Bytes that wait to be written are still written. TLS's notice of the end is not waited for: a client that
            // reads nothing could keep the connection for ever.
            if (_writing == Writing.End)
            {
                _socket.LingerState = new LingerOption(true, 0);
                CompleteStage();
                return;
            }

            EndIfBothEnded();
        }

        private void EndIfBothEnded()
        {
            if (_writing == Writing.Ended && IsClosed(_stage._out))
                CompleteStage();
        }
    }
}
