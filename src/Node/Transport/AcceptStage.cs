using System.Net;
using System.Net.Sockets;
using Akka.Streams;
using Akka.Streams.Stage;
using ChatAkka.Runtime;
using ChatAkka.Startup;

namespace ChatAkka.Node.Transport;

/// <summary>A source of the sockets that are accepted at an address. It accepts one connection for each element that is requested, so no
/// connection is accepted before somebody takes it.</summary>
/// <param name="address">Where to listen; port 0 means any free port.</param>
/// <param name="backlog">How many connections the operating system may keep that are not accepted yet.</param>
/// <param name="timings">The pause after a failed accept, and the options of accepted sockets.</param>
internal sealed class AcceptStage(HostPort address, int backlog, TransportTimings timings)
    : GraphStageWithMaterializedValue<SourceShape<AcceptedSocket>, Task<IClientTransport.Binding>>
{
    private readonly Outlet<AcceptedSocket> _out = new("accept.out");

    /// <inheritdoc/>
    public override SourceShape<AcceptedSocket> Shape => new(_out);

    /// <inheritdoc/>
    public override ILogicAndMaterializedValue<Task<IClientTransport.Binding>> CreateLogicAndMaterializedValue(Attributes inheritedAttributes)
    {
        var bound = new TaskCompletionSource<IClientTransport.Binding>(TaskCreationOptions.RunContinuationsAsynchronously);
        return new LogicAndMaterializedValue<Task<IClientTransport.Binding>>(new Logic(this, address, backlog, timings, bound), bound.Task);
    }

    private sealed class Logic : TimerGraphStageLogic
    {
        private const string Again = "accept again";

        private readonly AcceptStage _stage;
        private readonly HostPort _address;
        private readonly int _backlog;
        private readonly TransportTimings _timings;
        private readonly TaskCompletionSource<IClientTransport.Binding> _bound;
        private readonly TaskCompletionSource _unbound = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly SocketAsyncEventArgs _accept = new(true);
        private readonly Action _onAccepted;
        private readonly Action _onUnbind;
        private Socket? _listener;

        public Logic(AcceptStage stage, HostPort address, int backlog, TransportTimings timings, TaskCompletionSource<IClientTransport.Binding> bound)
            : base(stage.Shape)
        {
            _stage = stage;
            _address = address;
            _backlog = backlog;
            _timings = timings;
            _bound = bound;
            _onAccepted = GetAsyncCallback(OnAccepted);
            _onUnbind = GetAsyncCallback(CompleteStage);
            _accept.Completed += (_, _) =>
            {
                using var turn = Turn.Begin();
                _onAccepted();
            };
            SetHandler(stage._out, Accept);
        }

        public override void PreStart()
        {
            try
            {
                var endPoint = new IPEndPoint(IPAddress.Parse(_address.Host), _address.Port);
                _listener = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
                _listener.Bind(endPoint);
                _listener.Listen(_backlog);
                _bound.SetResult(new IClientTransport.Binding((IPEndPoint)_listener.LocalEndPoint!, UnbindAsync));
            }
            catch (Exception e) when (e is SocketException or FormatException)
            {
                _bound.SetException(e);
                FailStage(e);
            }
        }

        public override void PostStop()
        {
            _listener?.Dispose();
            _accept.Dispose();
            _bound.TrySetCanceled();
            _unbound.TrySetResult();
        }

        protected override void OnTimer(object timerKey) => Accept();

        private Task UnbindAsync()
        {
            _onUnbind();
            return _unbound.Task;
        }

        private void Accept()
        {
            _accept.AcceptSocket = null;
            if (!_listener!.AcceptAsync(_accept))
                OnAccepted();
        }

        private void OnAccepted()
        {
            var socket = _accept.AcceptSocket;
            if (_accept.SocketError != SocketError.Success || socket is null)
            {
                ScheduleOnce(Again, _timings.AcceptPause);
                return;
            }

            try
            {
                SocketTransport.Prepare(socket, _timings);
                Push(_stage._out, new AcceptedSocket(socket, socket.RemoteEndPoint!));
            }
            catch (SocketException)
            {
                // The client has closed the connection already.
                socket.Dispose();
                Accept();
            }
        }
    }
}
