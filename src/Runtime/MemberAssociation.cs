using System.Buffers.Binary;
using Akka.Actor;
using Akka.Dispatch;
using Akka.Remote.Transport;
using ChatAkka.Runtime.Proof;
using Google.Protobuf;

namespace ChatAkka.Runtime;

/// <summary>One connection to another member. It splits the input into payloads, and collects payloads for one write to the socket.</summary>
/// <remarks>All writes of one turn are sent together. Writes that come while a send is under way are sent with the next one. If the buffer is full,
/// <see cref="Write"/> gives false. Akka.Remote expects that: it keeps the message and tries again.</remarks>
internal abstract class MemberAssociation : AssociationHandle, IRunnable
{
    private const int LengthBytes = 4;
    private const int SmallestRoom = 16 * 1024;
    private const int MostWaiting = 4 * 1024 * 1024;

    private readonly AssociationSettings _settings;
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
    private string? _from;
    private IHandleEventListener? _listener;

    /// <summary>Makes an association. It reads when Akka.Remote has set its listener.</summary>
    /// <param name="local">This member's address.</param>
    /// <param name="remote">The address of the other side.</param>
    /// <param name="begun">How the connection began.</param>
    /// <param name="settings">Bounds, and who is told of what happens.</param>
    protected MemberAssociation(Address local, Address remote, BegunConnection begun, AssociationSettings settings)
        : base(local, remote)
    {
        _settings = settings;
        _from = begun.From;
        begun.Start.CopyTo(_in);
        _inUsed = begun.Start.Length;
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
        Task.Delay(_settings.CloseGrace, _settings.Time).ContinueWith(_ => End(DisassociateInfo.Unknown), TaskScheduler.Default);
    }

    /// <summary>Begins to receive.</summary>
    /// <param name="buffer">Where the bytes go.</param>
    /// <param name="offset">From here on.</param>
    /// <param name="count">The most bytes.</param>
    /// <returns>True if it is done; false if <see cref="OnReceived"/> is called later.</returns>
    protected abstract bool Receive(byte[] buffer, int offset, int count);

    /// <summary>How many bytes were received; 0 at the end of the connection, and -1 if the other side broke it off.</summary>
    protected abstract int TakeReceived();

    /// <summary>Begins to send.</summary>
    /// <param name="buffer">The bytes.</param>
    /// <param name="count">How many of them.</param>
    /// <returns>True if it is done; false if <see cref="OnSent"/> is called later.</returns>
    protected abstract bool Send(byte[] buffer, int count);

    /// <summary>True if the bytes were sent, false if the connection has ended.</summary>
    protected abstract bool TakeSendResult();

    /// <summary>Closes the socket and frees what belongs to it.</summary>
    protected abstract void Release();

    /// <summary>Bytes were received.</summary>
    protected void OnReceived()
    {
        using var turn = Turn.Begin();
        if (TakeRead())
            Read();
    }

    /// <summary>Bytes were sent.</summary>
    protected void OnSent()
    {
        using var turn = Turn.Begin();
        if (TakeSent())
            SendWaiting();
    }

    private void Read()
    {
        try
        {
            do
            {
                if (_inUsed == _in.Length)
                    Array.Resize(ref _in, _in.Length * 2);
            }
            while (Receive(_in, _inUsed, _in.Length - _inUsed) && TakeRead());
        }
        catch (ObjectDisposedException)
        {
            // Closed from this side.
        }
    }

    /// <summary>Handles the data of one read; false if the connection has ended.</summary>
    private bool TakeRead()
    {
        var received = TakeReceived();
        if (received <= 0)
        {
            End(received < 0 ? DisassociateInfo.Shutdown : DisassociateInfo.Unknown);
            return false;
        }

        _inUsed += received;
        var position = 0;
        while (_inUsed - position >= LengthBytes)
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(_in.AsSpan(position));
            if (length < 0 || length > _settings.MaxPayload)
            {
                // The other side is no member, or has another maximum frame size. The rest of the stream cannot be read.
                if (ProofWire.RefusalOf(_in.AsSpan(position, _inUsed - position)) is { } refusal)
                    _settings.OnRefused(RemoteAddress, refusal);
                End(DisassociateInfo.Unknown);
                return false;
            }

            if (_inUsed - position - LengthBytes < length)
                break;
            position += LengthBytes;
            if (_from is not null && !IsFromWho(_in.AsSpan(position, length)))
                return false;
            _listener!.Notify(new InboundPayload(ByteString.CopyFrom(_in, position, length)));
            position += length;
        }

        _in.AsSpan(position, _inUsed - position).CopyTo(_in);
        _inUsed -= position;
        return true;
    }

    /// <summary>True if the first payload comes from the member that proved who it is; otherwise the connection ends.</summary>
    private bool IsFromWho(ReadOnlySpan<byte> first)
    {
        var isIt = AssociateOrigin.Of(first) == _from;
        _from = null;
        if (isIt)
            return true;
        _settings.OnImpostor(RemoteAddress);
        End(DisassociateInfo.Unknown);
        return false;
    }

    private void SendWaiting()
    {
        try
        {
            int count;
            do
            {
                lock (_gate)
                {
                    if (_sending || _outUsed == 0)
                        return;
                    _sending = true;
                    count = _outUsed;
                    (_out, _spare) = (_spare, _out);
                    _outUsed = 0;
                }
            }
            while (Send(_spare, count) && TakeSent());
        }
        catch (ObjectDisposedException)
        {
            // Closed from this side.
        }
    }

    /// <summary>Handles the end of one send; false if the connection has ended.</summary>
    private bool TakeSent()
    {
        var isSent = TakeSendResult();
        lock (_gate)
        {
            _sending = false;
            if (_spare.Length > SmallestRoom * 16)
                _spare = [];
            if (isSent && !(_closing && _outUsed == 0))
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
        Release();
        _settings.OnClosed(this);
        _listener?.Notify(new Disassociated(info));
    }
}
