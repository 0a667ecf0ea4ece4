using ChatAkka.Protocol;
using ChatAkka.Protocol.Client;
using ChatAkka.Protocol.Internode;

namespace ChatAkka.Node.Connections;

/// <summary>The buffer of bytes that wait to be written to one client. It is bounded. Any thread may write to it; the connection's stage takes from
/// it.</summary>
/// <remarks>
/// A delivery is written into this buffer by the thread that has it, without the recipient's actor in between: an actor hop for each line costs three
/// times as much (docs/decisions/0002). When the bound is exceeded, or when the socket takes nothing for too long, everything that the socket was not given
/// is dropped, apart from the end of a line that it has the beginning of, but chats with an id go on to the mailbox. The client is told <c>slow_consumer</c>, and the buffer takes nothing more. A message that <see cref="TryDeliver"/> took counts as handed
/// to the connection.
/// </remarks>
/// <param name="limit">The most bytes that may wait, including bytes that were given to the socket and are not written yet.</param>
/// <param name="deliveries">Writes messages in the format of the recipient.</param>
internal sealed class Outbound(int limit, DeliveryWriter deliveries)
{
    private const int MostUnreadKept = 4096;

    /// <summary>The most bytes that the socket is given at once. It says only that all of them are written. So if it had more, a client that reads slowly
    /// would look like one that does not read.</summary>
    private const int MostGiven = 64 * 1024;

    private readonly Lock _gate = new();
    private readonly Utf8Buffer _buffer = new();
    private Utf8Buffer _unread = new();
    private Utf8Buffer _unsent = new();
    private Action? _wake;
    private Action? _overflowed;
    private Action? _onSpace;
    private Action? _written;
    private long _writtenAt;
    private ReadOnlyMemory<byte> _rest;
    private long _taken;
    private long _turns;
    private long _sequence;
    private int _inFlight;
    private bool _isLineOpen;
    private bool _takerWaits;
    private bool _closed;
    private bool _dropped;

    /// <summary>Writes a line into the buffer.</summary>
    public delegate void Line<T>(Utf8Buffer to, scoped T state)
        where T : allows ref struct;

    /// <summary>What the stage gets when it asks for bytes.</summary>
    public enum Take
    {
        /// <summary>Bytes to write.</summary>
        Bytes,

        /// <summary>There is nothing now. The stage is woken when there is something.</summary>
        Nothing,

        /// <summary>Everything was taken, and nothing more will come.</summary>
        End,
    }

    /// <summary>Bytes that wait to be written, including bytes that were given to the socket and are not written yet.</summary>
    public int Waiting
    {
        get
        {
            lock (_gate)
                return Unwritten;
        }
    }

    /// <summary>A number that changes whenever the socket has written what it was given; null if no bytes wait.</summary>
    public long? Turn
    {
        get
        {
            lock (_gate)
                return Unwritten > 0 ? _turns : null;
        }
    }

    /// <summary>True if <see cref="GiveUp"/> closed it.</summary>
    public bool IsGivenUp { get; private set; }

    /// <summary>Sets two callbacks: one for bytes that come after <see cref="Take.Nothing"/>, and one for when the client turned out to be a slow consumer.
    /// Neither may block.</summary>
    public void Attach(Action wake, Action overflowed)
    {
        lock (_gate)
        {
            _wake = wake;
            _overflowed = overflowed;
        }
    }

    /// <summary>Takes a message for this client. Gives false if the connection is closing, or if the message exceeds the bound.</summary>
    /// <param name="format">The format in which the client gets it.</param>
    /// <param name="chat">The message.</param>
    /// <param name="sequence">Its number in the mailbox; 0 for the next number of this session.</param>
    /// <param name="isKept">True if a mailbox has it until the client has it. Then <see cref="TakeUnread"/> does not give it.</param>
    public bool TryDeliver(DeliveryFormat format, in ChatView chat, long sequence = 0, bool isKept = false)
    {
        lock (_gate)
        {
            if (_closed)
                return false;
            deliveries.Write(_buffer, format, chat, sequence > 0 ? sequence : ++_sequence);
            if (chat.Id.IsEmpty || isKept)
                return AfterWrite();

            // This is a copy, in case the client never reads the message.
            var before = _unread.Length;
            LinkEntry.Append(_unread, chat);
            if (AfterWrite())
                return true;
            _unread.Truncate(before);
            return false;
        }
    }

    /// <summary>Gives the chats with an id that the client may not have read, as entries, each after its length. These are the chats that were
    /// dropped, and the chats that were given to the socket: it is not known how many of those arrived.</summary>
    public byte[] TakeUnread()
    {
        lock (_gate)
        {
            byte[] all = [.. _unsent.Written, .. _unread.Written];
            _unsent.Detach();
            _unread.Detach();
            return all;
        }
    }

    /// <summary>Calls back once, when at most a quarter of the bound waits; at once if that is so now. The callback may run under the lock, so it
    /// must not block.</summary>
    public void WhenSpace(Action then)
    {
        lock (_gate)
        {
            _onSpace = then;
            if (HasSpace)
                TellSpace();
        }
    }

    /// <summary>Calls back once, when everything that is in the buffer now was written to the socket; at once if it was. It never calls back if some
    /// of it was dropped. The callback may run under the lock, so it must not block.</summary>
    public void WhenWritten(Action then)
    {
        lock (_gate)
        {
            if (_dropped)
                return;
            _written = then;
            _writtenAt = _taken + _rest.Length + _buffer.Length;
            if (Unwritten == 0)
                TellWritten();
        }
    }

    /// <summary>Appends an answer. Does nothing if the connection is closing.</summary>
    public void Write<T>(scoped T state, Line<T> line)
        where T : allows ref struct
    {
        lock (_gate)
        {
            if (_closed)
                return;
            line(_buffer, state);
            AfterWrite();
        }
    }

    /// <summary>Takes nothing more. What is in the buffer is still written. It may be called again.</summary>
    /// <param name="last">Writes the last line. Nothing comes after it, so a client may disconnect when it reads it.</param>
    public void Close(Action<Utf8Buffer>? last = null)
    {
        lock (_gate)
        {
            if (!_closed)
                last?.Invoke(_buffer);
            _closed = true;
            Wake();
        }
    }

    /// <summary>The socket takes nothing, although bytes wait: does what is done when the bound is exceeded. Does nothing if the connection is
    /// closing.</summary>
    public void GiveUp()
    {
        lock (_gate)
        {
            if (_closed)
                return;
            IsGivenUp = true;
            Drop();
        }
    }

    /// <summary>Gives bytes that wait. The bytes that were given before count as written from now on.</summary>
    public Take TryTake(out ReadOnlyMemory<byte> bytes)
    {
        lock (_gate)
        {
            _turns++;
            _inFlight = 0;
            if (_rest.IsEmpty)
                Refill();
            if (_onSpace is not null && HasSpace)
                TellSpace();
            if (_written is not null && _taken >= _writtenAt)
                TellWritten();
            if (!_rest.IsEmpty)
            {
                _inFlight = Math.Min(_rest.Length, MostGiven);
                _taken += _inFlight;
                bytes = _rest[.._inFlight];
                _isLineOpen = bytes.Span[^1] != (byte)'\n';
                _rest = _rest[_inFlight..];
                return Take.Bytes;
            }

            bytes = default;
            _takerWaits = !_closed;
            return _closed ? Take.End : Take.Nothing;
        }
    }

    /// <summary>Everything that was taken out of the buffer is written: takes out what came since.</summary>
    private void Refill()
    {
        if (!_closed)
            NextUnsent();
        var (array, count) = _buffer.Detach();
        _rest = array.AsMemory(0, count);
    }

    /// <summary>The bytes that the socket had are written, so the copies of their chats are forgotten. The bytes that wait go to the socket next, and
    /// their copies move along. A large buffer is released.</summary>
    private void NextUnsent()
    {
        if (_unsent.Length > MostUnreadKept)
            _unsent.Detach();
        else
            _unsent.Truncate(0);
        (_unsent, _unread) = (_unread, _unsent);
    }

    private int Unwritten => _buffer.Length + _rest.Length + _inFlight;

    private bool HasSpace => Unwritten <= limit / 4;

    private void TellSpace()
    {
        var onSpace = _onSpace;
        _onSpace = null;
        onSpace?.Invoke();
    }

    private void TellWritten()
    {
        var written = _written;
        _written = null;
        written?.Invoke();
    }

    private bool AfterWrite()
    {
        if (Unwritten > limit)
        {
            Drop();
            return false;
        }

        Wake();
        return true;
    }

    private void Drop()
    {
        _closed = true;
        _dropped = true;
        _written = null;
        _rest = _rest[..(_isLineOpen ? _rest.Span.IndexOf((byte)'\n') + 1 : 0)];
        _buffer.Detach();
        Answers.Error(_buffer, json: true, ErrorCode.SlowConsumer);
        Wake();
        _overflowed?.Invoke();
    }

    private void Wake()
    {
        if (!_takerWaits)
            return;
        _takerWaits = false;
        _wake?.Invoke();
    }
}
