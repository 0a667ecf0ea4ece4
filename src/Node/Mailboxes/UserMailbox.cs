using ChatAkka.Protocol;
using ChatAkka.Protocol.Mailboxes;

namespace ChatAkka.Node.Mailboxes;

/// <summary>One user's mailbox in the index of a partition: the messages that wait, lowest number first, and the session that reads them.</summary>
/// <remarks>Pure and not thread-safe. The bytes of messages are in the log.</remarks>
internal sealed class UserMailbox
{
    /// <summary>From this many messages on that were removed in front, the list is moved to the front.</summary>
    private const int MostRemoved = 32;

    private readonly List<MessagePlace> _messages = [];
    private int _first;

    /// <summary>How many messages wait.</summary>
    public int Count => _messages.Count - _first;

    /// <summary>Bytes of the messages that wait.</summary>
    public int Bytes { get; private set; }

    /// <summary>Number of the last message that waits; 0 if none waits.</summary>
    public long Last => Count == 0 ? 0 : _messages[^1].Number;

    /// <summary>The session that reads this mailbox; null if none is known.</summary>
    public MailboxReader? Reader { get; set; }

    /// <summary>A session that was the reader and was reported as ended; null if there is none. If it still exists, it has to request again.</summary>
    public ReaderId? EndedReader { get; set; }

    /// <summary>When the session of <see cref="Reader"/> began. While it reads, an earlier session can not become the reader.</summary>
    public long ReaderSince { get; set; }

    /// <summary>The session that ended last, and when it had begun; null if there is none. A late request of it changes nothing.</summary>
    public (ReaderId Reader, long Since)? Left { get; set; }

    /// <summary>True if an earlier session requested messages while <see cref="Reader"/> is the reader. One of the two must end soon. If it is the reader, for
    /// example because its node died, nobody may have said so.</summary>
    public bool IsContested { get; set; }

    /// <summary>The node that sends chats that a session was handed and did not read, and when the last of them came. They come before the chats of all
    /// other nodes.</summary>
    public (NodeId Origin, long Time)? UnreadFrom { get; set; }

    /// <summary>A session that should request messages and does not, or that another session wants to succeed; null if there is none. It may also be one whose
    /// client has not read the last ones.</summary>
    public ReaderId? SilentReader => IsContested && Reader is { } reader ? reader.Id
        : Count == 0 || Reader is { Request: not null } ? null : Reader?.Id ?? EndedReader;

    /// <summary>True if there is nothing to remember of this mailbox.</summary>
    public bool IsForgettable => Count == 0 && Reader is null && EndedReader is null;

    /// <summary>The messages that wait.</summary>
    public ReadOnlySpan<MessagePlace> Messages => System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_messages)[_first..];

    /// <summary>Adds a message. Its number must be higher than that of every other message.</summary>
    public void Add(in MessagePlace message)
    {
        if (message.Number <= Last)
            throw new ArgumentException($"message {message.Number} comes after {Last}", nameof(message));
        _messages.Add(message);
        Bytes += message.Length;
    }

    /// <summary>Gives the message with the lowest number; false if none waits, or if that number is above <paramref name="upTo"/>.</summary>
    public bool TryRemoveFirst(long upTo, out MessagePlace message)
    {
        if (Count == 0 || _messages[_first].Number > upTo)
        {
            message = default;
            return false;
        }

        message = _messages[_first++];
        Bytes -= message.Length;
        if (_first >= MostRemoved && _first * 2 >= _messages.Count)
        {
            _messages.RemoveRange(0, _first);
            _first = 0;
            if (_messages.Capacity > 4 * Math.Max(4, _messages.Count))
                _messages.Capacity = _messages.Count;
        }

        return true;
    }

    /// <summary>Position of the first message with a number above <paramref name="number"/>; <see cref="Count"/> if there is none.</summary>
    public int After(long number)
    {
        var messages = Messages;
        var (low, high) = (0, messages.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (messages[middle].Number <= number)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }

    /// <summary>Changes where the bytes of a message are. Gives the place before; null if the message does not wait any more.</summary>
    public MessagePlace? Move(in MessagePlace message)
    {
        var at = After(message.Number - 1);
        if (at == Count || Messages[at].Number != message.Number)
            return null;
        var before = _messages[_first + at];
        _messages[_first + at] = message;
        Bytes += message.Length - before.Length;
        return before;
    }

    /// <summary>Removes all messages of an event, and gives them.</summary>
    public IReadOnlyList<MessagePlace> RemoveAll(long sequenceNr)
    {
        List<MessagePlace> removed = [];
        for (var i = _messages.Count - 1; i >= _first; i--)
        {
            if (_messages[i].Event != sequenceNr)
                continue;
            removed.Add(_messages[i]);
            Bytes -= _messages[i].Length;
            _messages.RemoveAt(i);
        }

        return removed;
    }

    /// <summary>Counts the messages and bytes of one sender.</summary>
    public (int Count, int Bytes) ShareOf(int sender)
    {
        var (count, bytes) = (0, 0);
        foreach (var message in Messages)
        {
            if (message.Sender == sender)
                (count, bytes) = (count + 1, bytes + message.Length);
        }

        return (count, bytes);
    }
}
