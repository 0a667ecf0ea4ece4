using System.Buffers.Binary;
using System.Net.Sockets;
using Akka.Actor;
using Akka.Dispatch;
using Akka.Remote.Transport;
using Google.Protobuf;

namespace ChatAkka.Runtime;

/// <summary>One connection to another member. It splits the input into payloads, and collects payloads for one write to the socket.</summary>
/// <remarks>All writes of one turn are sent together. Writes that come while a send is under way are sent with the next one. If the buffer is full,
/// <see cref="Write"/> gives false. Akka.Remote expects that: it keeps the message and tries again.</remarks>
internal sealed class SocketAssociation : AssociationHandle, IRunnable
{
    private const int LengthBytes = 4;
    private const int SmallestRoom = 16 * 1024;
    private const int MostWaiting = 4 * 1024 * 1024;

    private readonly Socket _socket;
    private readonly int _maxPayload;
    private readonly TimeSpan _closeGrace;
    private readonly TimeProvider _time;
    private readonly Action<SocketAssociation> _onClosed;
    private readonly SocketAsyncEventArgs _receive = new(true);
    private readonly SocketAsyncEventArgs _send = new(true);
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();
    private byte[] _in = new byte[SmallestRoom];
    private int _inUsed;
    private byte[] _out = [];
    private byte[] _spare = [];
    private int _outUsed;
    private bool _flushDue;
    private bool _sending;
    private bool _closing;
    private IHandleEventListener? _listener;

    public SocketAssociation(
        Socket socket, Address local, Address remote, int maxPayload, TimeSpan closeGrace, TimeProvider time, Action<SocketAssociation> onClosed)
        : base(local, remote)
    {
        _socket = socket;
        _maxPayload = maxPayload;
        _closeGrace = closeGrace;
        _time = time;
        _onClosed = onClosed;
        _receive.Completed += (_, _) =>
        {
            using var turn = Turn.Begin();
            if (TakeRead())
                Read();
        };
        _send.Completed += (_, _) =>
        {
            using var turn = Turn.Begin();
            if (TakeSent())
                SendWaiting();
        };

        // Reading starts only when Akka.Remote has set its listener.
        ReadHandlerSource.Task.ContinueWith(
            listener =>
            {
                _listener = listener.Result;
                using var turn = Turn.Begin();
                Read();
            },
            CancellationToken.None,
            TaskContinuationOptions.OnlyOnRanToCompletion | TaskContinuationOptions.RunContinuationsAsynchronously,
            TaskScheduler.Default);
    }

    /// <summary>Completes when the socket is closed.</summary>
    public Task Closed => _closed.Task;

    /// <inheritdoc/>
    public override bool Write(ByteString payload)
    {
        lock (_gate)
        {
            if (_closing || _outUsed + payload.Length > MostWaiting)
                return false;
            var need = _outUsed + LengthBytes + payload.Length;
            if (need > _out.Length)
                Array.Resize(ref _out, Math.Max(need, Math.Max(SmallestRoom, _out.Length * 2)));
            BinaryPrimitives.WriteInt32LittleEndian(_out.AsSpan(_outUsed), payload.Length);
            payload.Span.CopyTo(_out.AsSpan(_outUsed + LengthBytes));
            _outUsed = need;
            if (_sending || _flushDue)
                return true;
            _flushDue = true;
        }

        if (!Turn.TryAdd(this))
            Run();
        return true;
    }

    /// <summary>Sends all that was written in this turn.</summary>
    public void Run()
    {
        lock (_gate)
            _flushDue = false;
        SendWaiting();
    }

    /// <summary>The same as <see cref="Run"/>, for the thread pool.</summary>
    public void Execute() => Run();

    /// <inheritdoc/>
    [Obsolete("Akka.Remote calls the overload with a reason, which calls this one.")]
    public override void Disassociate() => Close();

    /// <summary>Closes the socket when all waiting data is sent, but at the latest after the close grace. It can be called again.</summary>
    public void Close()
    {
        bool hasNothingToSend;
        lock (_gate)
        {
            if (_closing)
                return;
            _closing = true;
            hasNothingToSend = !_sending && _outUsed == 0;
        }

        if (hasNothingToSend)
        {
            End(DisassociateInfo.Unknown);
            return;
        }

        SendWaiting();
        Task.Delay(_closeGrace, _time).ContinueWith(_ => End(DisassociateInfo.Unknown), TaskScheduler.Default);
    }

    private void Read()
    {
        try
        {
            do
            {
                if (_inUsed == _in.Length)
                    Array.Resize(ref _in, _in.Length * 2);
                _receive.SetBuffer(_in, _inUsed, _in.Length - _inUsed);
            }
            while (!_socket.ReceiveAsync(_receive) && TakeRead());
        }
        catch (ObjectDisposedException)
        {
            // Closed from this side.
        }
    }

    /// <summary>Handles the data of one read; false if the connection has ended.</summary>
    private bool TakeRead()
    {
        if (_receive.SocketError != SocketError.Success || _receive.BytesTransferred == 0)
        {
            End(_receive.SocketError is SocketError.ConnectionReset or SocketError.ConnectionAborted ? DisassociateInfo.Shutdown : DisassociateInfo.Unknown);
            return false;
        }

        _inUsed += _receive.BytesTransferred;
        var position = 0;
        while (_inUsed - position >= LengthBytes)
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(_in.AsSpan(position));
            if (length < 0 || length > _maxPayload)
            {
                // The other side is no member, or has another maximum frame size. The rest of the stream cannot be read.
                End(DisassociateInfo.Unknown);
                return false;
            }

            if (_inUsed - position - LengthBytes < length)
                break;
            position += LengthBytes;
            _listener!.Notify(new InboundPayload(ByteString.CopyFrom(_in, position, length)));
            position += length;
        }

        _in.AsSpan(position, _inUsed - position).CopyTo(_in);
        _inUsed -= position;
        return true;
    }

    private void SendWaiting()
    {
        try
        {
            do
            {
                lock (_gate)
                {
                    if (_sending || _outUsed == 0)
                        return;
                    _sending = true;
                    _send.SetBuffer(_out, 0, _outUsed);
                    (_out, _spare) = (_spare, _out);
                    _outUsed = 0;
                }
            }
            while (!_socket.SendAsync(_send) && TakeSent());
        }
        catch (ObjectDisposedException)
        {
            // Closed from this side.
        }
    }

    /// <summary>Handles the end of one send; false if the connection has ended.</summary>
    private bool TakeSent()
    {
        lock (_gate)
        {
            _sending = false;
            if (_spare.Length > SmallestRoom * 16)
                _spare = [];
            if (_send.SocketError == SocketError.Success && !(_closing && _outUsed == 0))
                return true;
        }

        End(DisassociateInfo.Unknown);
        return false;
    }

    private void End(DisassociateInfo info)
    {
        if (!_closed.TrySetResult())
            return;
        lock (_gate)
            _closing = true;
        _socket.Dispose();
        _receive.Dispose();
        _send.Dispose();
        _onClosed(this);
        _listener?.Notify(new Disassociated(info));
    }
}
