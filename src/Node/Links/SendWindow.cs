using ChatAkka.Protocol.Client;
using ChatAkka.Protocol.Internode;

namespace ChatAkka.Node.Links;

/// <summary>Numbers the entries to one target node, and keeps those that the target has not acknowledged.</summary>
/// <remarks>
/// Pure and not thread-safe. Entries are stored as they are written in a frame, in segments of the size of a frame, so that a frame is one slice of
/// memory.
/// <code>
/// acknowledged | sent, not acknowledged | not sent
///              ^ Acknowledged           ^ Sent     ^ Last
/// </code>
/// Order and bounds: docs/delivery.md, "Links".
/// </remarks>
/// <param name="settings">The bounds.</param>
internal sealed class SendWindow(LinkSettings settings)
{
    private readonly Queue<long> _framesInFlight = new();
    private Entry[] _ring = new Entry[64];
    private Segment? _tail;
    private int _bytes;

    /// <summary>Number of the last entry that was appended; 0 before the first.</summary>
    public long Last { get; private set; }

    /// <summary>Number of the last entry that was sent in a frame, counted again after <see cref="Rewind"/>.</summary>
    public long Sent { get; private set; }

    /// <summary>Number of the last entry that was ever sent. No acknowledgement can be higher.</summary>
    public long HighestSent { get; private set; }

    /// <summary>Number of the last entry that was acknowledged.</summary>
    public long Acknowledged { get; private set; }

    /// <summary>True if a frame may be sent now.</summary>
    public bool CanSend => Sent < Last && _framesInFlight.Count < settings.FramesInFlight;

    /// <summary>True if a quarter of the window is free. That is enough to let senders go on that found it full.</summary>
    public bool HasSpace => _bytes <= settings.WindowBytes / 4 * 3 && Last - Acknowledged <= settings.WindowEntries / 4 * 3;

    /// <summary>Appends a chat and gives its number. Gives 0 if the chat would exceed the window; then the caller stops reading.</summary>
    /// <param name="chat">The chat.</param>
    /// <param name="isFirst">True for the first chat to its recipient since the route chose this path.</param>
    public long TryAppend(in ChatView chat, bool isFirst = false)
    {
        var size = LinkEntry.SizeOf(chat);
        if (Last - Acknowledged >= settings.WindowEntries || (_bytes > 0 && _bytes + size > settings.WindowBytes))
            return 0;
        LinkEntry.Write(Allocate(size, hasReceipt: !chat.Id.IsEmpty), chat, isFirst);
        return Last;
    }

    /// <summary>Appends an entry that is not a chat. Such entries are few, and may exceed the window.</summary>
    public long Append(ReadOnlySpan<byte> entry)
    {
        entry.CopyTo(Allocate(entry.Length, hasReceipt: false));
        return Last;
    }

    /// <summary>Takes the entries of the next frame: as many as are in one segment and fit. May be called only if <see cref="CanSend"/>.</summary>
    /// <returns>The number of the first entry, how many there are, and their bytes, which the caller must use before the next call.</returns>
    public (long First, int Count, ReadOnlyMemory<byte> Bytes) NextFrame()
    {
        var first = Sent + 1;
        ref var start = ref At(first);
        var segment = start.Segment;
        var from = start.Start;
        var to = start.End;
        var number = first;
        while (number < Last)
        {
            ref var next = ref At(number + 1);
            if (next.Segment != segment || next.End - from > settings.FrameBytes)
                break;
            to = next.End;
            number++;
        }

        Sent = number;
        HighestSent = Math.Max(HighestSent, number);
        _framesInFlight.Enqueue(number);
        return (first, (int)(number - first + 1), segment.Bytes.AsMemory(from, to - from));
    }

    /// <summary>Gives an entry by its number. It must not be acknowledged yet.</summary>
    public ReadOnlySpan<byte> this[long number]
    {
        get
        {
            ref var entry = ref At(number);
            return entry.Segment.Bytes.AsSpan(entry.Body, entry.End - entry.Body);
        }
    }

    /// <summary>Counts the chats that are not acknowledged. Chats without an origin, whose senders were answered before, do not count.</summary>
    public int CountChats()
    {
        var count = 0;
        for (var number = Acknowledged + 1; number <= Last; number++)
        {
            if (LinkEntry.KindOf(this[number]) == LinkEntryKind.Chat && LinkEntry.ReadChat(this[number]).Origin != 0)
                count++;
        }

        return count;
    }

    /// <summary>Adds the entries that are not acknowledged up to <paramref name="number"/> to a list. Their bytes stay as they are, also when the
    /// window forgets the entries.</summary>
    public void CopyTo(List<SentEntry> entries, long number)
    {
        for (var next = Acknowledged + 1; next <= number; next++)
        {
            ref var entry = ref At(next);
            entries.Add(new SentEntry(entry.Segment.Bytes, entry.Body, entry.End - entry.Body, entry.HasReceipt));
        }
    }

    /// <summary>True if the sender of the entry gets a receipt.</summary>
    public bool HasReceipt(long number) => At(number).HasReceipt;

    /// <summary>Forgets all entries up to <paramref name="number"/>. An acknowledgement that is older, or of entries that were never sent, changes
    /// nothing.</summary>
    public void Acknowledge(long number)
    {
        if (number > HighestSent)
            return;
        Sent = Math.Max(Sent, number);
        while (Acknowledged < number)
        {
            ref var entry = ref At(++Acknowledged);
            _bytes -= entry.End - entry.Body;
            entry = default;
        }

        while (_framesInFlight.TryPeek(out var last) && last <= Acknowledged)
            _framesInFlight.Dequeue();
    }

    /// <summary>Forgets all entries, because the target is gone.</summary>
    public void Clear()
    {
        HighestSent = Last;
        Acknowledge(Last);
        _framesInFlight.Clear();
    }

    /// <summary>Counts all entries that are not acknowledged as not sent.</summary>
    public void Rewind()
    {
        Sent = Acknowledged;
        _framesInFlight.Clear();
    }

    private ref Entry At(long number) => ref _ring[(int)(number & (_ring.Length - 1))];

    private Span<byte> Allocate(int size, bool hasReceipt)
    {
        var prefix = LinkEntryReader.PrefixSize(size);
        if (_tail is null || _tail.Used + prefix + size > _tail.Bytes.Length)
            _tail = new Segment(Math.Max(settings.FrameBytes, prefix + size));
        if (Last - Acknowledged == _ring.Length)
            Grow();
        var start = _tail.Used;
        LinkEntryReader.WritePrefix(_tail.Bytes.AsSpan(start), size);
        _tail.Used += prefix + size;
        _bytes += size;
        At(++Last) = new Entry(_tail, start, start + prefix, _tail.Used, hasReceipt);
        return _tail.Bytes.AsSpan(start + prefix, size);
    }

    private void Grow()
    {
        var old = _ring;
        _ring = new Entry[old.Length * 2];
        for (var number = Acknowledged + 1; number <= Last; number++)
            At(number) = old[(int)(number & (old.Length - 1))];
    }

    private readonly record struct Entry(Segment Segment, int Start, int Body, int End, bool HasReceipt);

    private sealed class Segment(int size)
    {
        public readonly byte[] Bytes = new byte[size];
        public int Used;
    }
}
