using Akka.Streams;
using Akka.Streams.Stage;

namespace ChatAkka.Node.Tests.Transport;

/// <summary>The server's end of a <see cref="MemoryConnection"/> as a flow. It does what <c>SocketStage</c> does with a socket.</summary>
internal sealed class MemoryStage(MemoryConnection connection) : GraphStage<FlowShape<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>>>
{
    private readonly Inlet<ReadOnlyMemory<byte>> _in = new("memory.in");
    private readonly Outlet<ReadOnlyMemory<byte>> _out = new("memory.out");

    public override FlowShape<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>> Shape => new(_in, _out);

    protected override GraphStageLogic CreateLogic(Attributes inheritedAttributes) => new Logic(this, connection);

    private sealed class Logic : GraphStageLogic
    {
        private const byte Garbage = 0xEE;
        private readonly MemoryStage _stage;
        private readonly MemoryConnection _connection;
        private readonly byte[] _read = new byte[4096];
        private readonly Action<int> _onRead;
        private readonly Action _onWritten;
        private readonly Action<Exception> _onFailed;
        private bool _isWriting;
        private bool _inputEnded;

        public Logic(MemoryStage stage, MemoryConnection connection)
            : base(stage.Shape)
        {
            _stage = stage;
            _connection = connection;
            _onRead = GetAsyncCallback<int>(OnRead);
            _onWritten = GetAsyncCallback(OnWritten);
            _onFailed = GetAsyncCallback<Exception>(FailStage);
            SetHandler(stage._in, OnPush, OnInputEnd, OnInputFailure);
            SetHandler(stage._out, () => _ = ReadAsync(), _ => EndIfBothEnded());
        }

        public override void PreStart() => Pull(_stage._in);

        public override void PostStop() => _connection.CloseByServer();

        private async Task ReadAsync()
        {
            Array.Fill(_read, Garbage);
            try
            {
                _onRead(await _connection.ToServer.ReadAsync(_read));
            }
            catch (IOException e)
            {
                _onFailed(e);
            }
        }

        private void OnRead(int count)
        {
            if (IsClosed(_stage._out))
                return;
            if (count > 0)
            {
                Push(_stage._out, new ReadOnlyMemory<byte>(_read, 0, count));
                return;
            }

            Complete(_stage._out);
            EndIfBothEnded();
        }

        private void OnPush()
        {
            _isWriting = true;
            _ = WriteAsync(Grab(_stage._in));
        }

        private async Task WriteAsync(ReadOnlyMemory<byte> bytes)
        {
            try
            {
                await _connection.ToClient.WriteAsync(bytes);
                _onWritten();
            }
            catch (IOException e)
            {
                _onFailed(e);
            }
        }

        private void OnWritten()
        {
            _isWriting = false;
            if (_inputEnded)
                EndOutput();
            else
                Pull(_stage._in);
        }

        private void OnInputEnd()
        {
            _inputEnded = true;
            if (!_isWriting)
                EndOutput();
        }

        private void OnInputFailure(Exception cause)
        {
            _connection.Abort();
            FailStage(cause);
        }

        private void EndOutput()
        {
            _connection.ToClient.End();
            EndIfBothEnded();
        }

        private void EndIfBothEnded()
        {
            if (_inputEnded && !_isWriting && IsClosed(_stage._out))
                CompleteStage();
        }
    }
}
