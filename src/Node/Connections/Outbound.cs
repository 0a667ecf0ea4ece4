using ChatAkka.Protocol;
using ChatAkka.Protocol.Client;
using ChatAkka.Protocol.Internode;

namespace ChatAkka.Node.Connections;

/// <summary>What waits to be written to one client: bounded by bytes, written to from any thread, taken by the connection's stage.</summary>
/// <remarks>
/// A delivery goes straight in here from the thread that has it, without passing through the recipient's actor: an actor hop a line
/// costs three times as much (docs/decisions/0002). At the bound everything unsent is dropped, but that chats with an id go on to the
/// mailbox; the client is told <c>slow_consumer</c>, and nothing more is taken. What <see cref="TryDeliver"/> took counts as handed to the connection.
/// </remarks>
/// <param name="limit">The most bytes that wait, those given to the socket and not yet written included.</param>
/// <param name="deliveries">Writes what recipients see.</param>
internal sealed class Outbound(int limit, DeliveryWriter deliveries)
{
    private const int MostUnreadKept = 4096;

    private readonly Lock _gate = new();
    private readonly Utf8Buffer _buffer = new();
    private Utf8Buffer _unread = new();
    private Utf8Buffer _unsent = new();
    private Action? _wake;
    private Action? _overflowed;
    private Action? _onSpace;
    private Action? _written;
    private long _writtenAt;
    private long _taken;
    private long _sequence;
    private int _inFlight;
    private bool _takerWaits;
    private bool _closed;
    private bool _dropped;

    /// <summary>Writes a line into the buffer.</summary>
    public delegate void Line<T>(Utf8Buffer to, scoped T state)
        where T : allows ref struct;

    /// <summary>What the stage gets when it asks.</summary>
    public enum Take
    {
        /// <summary>Bytes to write.</summary>
        Bytes,

        /// <summary>Nothing now; the stage is woken when there is.</summary>
        Nothing,

        /// <summary>Nothing any more.</summary>
        End,
    }

    /// <summary>Bytes that wait to be written, those given to the socket and not yet written included.</summary>
    public int Waiting
    {
        get
        {
            lock (_gate)
                return _buffer.Length + _inFlight;
        }
    }

    /// <summary>Sets what is called when bytes came after <see cref="Take.Nothing"/>, and when the bound was passed. Neither may block.</summary>
    public void Attach(Action wake, Action overflowed)
    {
        lock (_gate)
        {
            _wake = wake;
            _overflowed = overflowed;
        }
    }

    /// <summary>Takes over a message for this client; false where the client is on its way out.</summary>
    /// <param name="format">How the client wants it.</param>
    /// <param name="chat">The message.</param>
    /// <param name="sequence">Its number, where it has one in a mailbox; 0 for the next one of this session.</param>
    /// <param name="isKept">True where it stays in a mailbox until the client has it: then <see cref="TakeUnread"/> does not give it.</param>
    public bool TryDeliver(DeliveryFormat format, in ChatView chat, long sequence = 0, bool isKept = false)
    {
        lock (_gate)
        {
            if (_closed)
                return false;
            deliveries.Write(_buffer, format, chat, sequence > 0 ? sequence : ++_sequence);
            if (chat.Id.IsEmpty || isKept)
                return AfterWrite();

            // A copy, in case the client never reads it.
            var before = _unread.Length;
            LinkEntry.Append(_unread, chat);
            if (AfterWrite())
                return true;
            _unread.Truncate(before);
            return false;
        }
    }

    /// <summary>Gives the chats with an id that the client did not read, as entries, each behind its length: those that were dropped, and
    /// those given to the socket of which nobody knows how far they came.</summary>
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

    /// <summary>Calls back once, when at most a quarter of the bound waits: now, where it is so. May call under the lock: it must not block.</summary>
    public void WhenSpace(Action then)
    {
        lock (_gate)
        {
            _onSpace = then;
            if (HasSpace)
                TellSpace();
        }
    }

    /// <summary>Calls back once, when everything that is in now was written to the socket: now, where it was. Never where some of it was
    /// dropped. May call under the lock: it must not block.</summary>
    public void WhenWritten(Action then)
    {
        lock (_gate)
        {
            if (_dropped)
                return;
            _written = then;
            _writtenAt = _taken + _buffer.Length;
            if (_buffer.Length + _inFlight == 0)
                TellWritten();
        }
    }

    /// <summary>Appends an answer. Nothing happens where the client is on its way out.</summary>
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

    /// <summary>Takes nothing more; what is in is still written. Repeatable.</summary>
    /// <param name="last">Writes the last line: nothing comes behind it, so a client may leave when it sees it.</param>
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

    /// <summary>Gives all bytes that wait. The ones given before count as written from now on.</summary>
    public Take TryTake(out ReadOnlyMemory<byte> bytes)
    {
        lock (_gate)
        {
            _inFlight = 0;
            if (!_closed)
                NextUnsent();
            if (_onSpace is not null && HasSpace)
                TellSpace();
            if (_written is not null && _taken >= _writtenAt)
                TellWritten();
            if (_buffer.Length > 0)
            {
                var (array, count) = _buffer.Detach();
                _inFlight = count;
                _taken += count;
                bytes = array.AsMemory(0, count);
                return Take.Bytes;
            }

            bytes = default;
            _takerWaits = !_closed;
            return _closed ? Take.End : Take.Nothing;
        }
    }

    /// <summary>What the socket had is written, what waits goes to it now. A large buffer is given back.</summary>
    private void NextUnsent()
    {
        if (_unsent.Length > MostUnreadKept)
            _unsent.Detach();
        else
            _unsent.Truncate(0);
        (_unsent, _unread) = (_unread, _unsent);
    }

    private bool HasSpace => _buffer.Length + _inFlight <= limit / 4;

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
        if (_buffer.Length + _inFlight > limit)
        {
            _closed = true;
            _dropped = true;
            _written = null;
            _buffer.Detach();
            Answers.Error(_buffer, json: true, ErrorCode.SlowConsumer);
            Wake();
            _overflowed?.Invoke();
            return false;
        }

        Wake();
        return true;
    }

    private void Wake()
    {
        if (!_takerWaits)
            return;
        _takerWaits = false;
        _wake?.Invoke();
    }
}
