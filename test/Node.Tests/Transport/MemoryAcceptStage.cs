using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using Akka.Streams;
using Akka.Streams.Dsl;
using Akka.Streams.Stage;
using ChatAkka.Node.Transport;
using ChatAkka.Startup;

namespace ChatAkka.Node.Tests.Transport;

/// <summary>A source of the connections to a port of a <see cref="MemoryTransport"/>, one for each element that is requested.</summary>
internal sealed class MemoryAcceptStage(MemoryTransport transport, HostPort address, int backlog)
    : GraphStageWithMaterializedValue<SourceShape<IClientTransport.Incoming>, Task<IClientTransport.Binding>>
{
    private readonly Outlet<IClientTransport.Incoming> _out = new("accept.out");

    public override SourceShape<IClientTransport.Incoming> Shape => new(_out);

    public override ILogicAndMaterializedValue<Task<IClientTransport.Binding>> CreateLogicAndMaterializedValue(Attributes inheritedAttributes)
    {
        var bound = new TaskCompletionSource<IClientTransport.Binding>(TaskCreationOptions.RunContinuationsAsynchronously);
        return new LogicAndMaterializedValue<Task<IClientTransport.Binding>>(new Logic(this, transport, address, backlog, bound), bound.Task);
    }

    private sealed class Logic : GraphStageLogic
    {
        private readonly MemoryAcceptStage _stage;
        private readonly MemoryTransport _transport;
        private readonly HostPort _address;
        private readonly int _backlog;
        private readonly TaskCompletionSource<IClientTransport.Binding> _bound;
        private readonly TaskCompletionSource _unbound = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly Action<MemoryConnection> _onAccepted;
        private readonly Action _onUnbind;
        private IPEndPoint? _local;
        private ChannelReader<MemoryConnection>? _waiting;

        public Logic(
            MemoryAcceptStage stage, MemoryTransport transport, HostPort address, int backlog, TaskCompletionSource<IClientTransport.Binding> bound)
            : base(stage.Shape)
        {
            _stage = stage;
            _transport = transport;
            _address = address;
            _backlog = backlog;
            _bound = bound;
            _onAccepted = GetAsyncCallback<MemoryConnection>(OnAccepted);
            _onUnbind = GetAsyncCallback(CompleteStage);
            SetHandler(stage._out, () => _ = AcceptAsync());
        }

        public override void PreStart()
        {
            try
            {
                (_local, _waiting) = _transport.Listen(_address, _backlog);
                _bound.SetResult(new IClientTransport.Binding(_local, UnbindAsync));
            }
            catch (SocketException e)
            {
                _bound.SetException(e);
                FailStage(e);
            }
        }

        public override void PostStop()
        {
            if (_local is not null)
                _transport.Unlisten(_local);
            _unbound.TrySetResult();
        }

        private Task UnbindAsync()
        {
            _onUnbind();
            return _unbound.Task;
        }

        private async Task AcceptAsync()
        {
            try
            {
                _onAccepted(await _waiting!.ReadAsync());
            }
            catch (ChannelClosedException)
            {
                // The port was unbound.
            }
        }

        private void OnAccepted(MemoryConnection connection) => Push(
            _stage._out, new IClientTransport.Incoming(new IPEndPoint(IPAddress.Loopback, 1), Flow.FromGraph(new MemoryStage(connection))));
    }
}
