namespace ChatAkka.Protocol.Client;

/// <summary>The lines that one read completed, in order, in one reused buffer.</summary>
/// <remarks>Filled by <see cref="LineFramer"/>. Whoever has the batch owns it until it hands the batch back for the next read.</remarks>
public sealed class LineBatch
{
    private const int KeptBytes = 16 * 1024;
    private byte[] _bytes = [];
    private int _used;
    private (int End, bool TooLong)[] _lines = new (int, bool)[4];

    /// <summary>The number of lines.</summary>
    public int Count { get; private set; }

    /// <summary>The line at <paramref name="index"/> without its end. Empty if <see cref="IsTooLong"/>, or if it is an empty first line of a
    /// client.</summary>
    public ReadOnlySpan<byte> this[int index]
    {
        get
        {
            var start = index == 0 ? 0 : _lines[index - 1].End;
            return _bytes.AsSpan(start, _lines[index].End - start);
        }
    }

    /// <summary>True if the line was longer than the limit and was skipped.</summary>
    public bool IsTooLong(int index) => _lines[index].TooLong;

    /// <summary>Empties the batch. A large buffer is released.</summary>
    public void Clear()
    {
        Count = 0;
        _used = 0;
        if (_bytes.Length > KeptBytes)
            _bytes = [];
        if (_lines.Length > 1024)
            _lines = new (int, bool)[4];
    }

    /// <summary>Adds a line after applying its editing keys.</summary>
    /// <param name="head">The first part of the line.</param>
    /// <param name="tail">The rest of the line.</param>
    /// <param name="keepsEmpty">True if the line is added even if it is empty.</param>
    internal void Add(ReadOnlySpan<byte> head, ReadOnlySpan<byte> tail, bool keepsEmpty)
    {
        var need = _used + head.Length + tail.Length;
        if (need > _bytes.Length)
            Array.Resize(ref _bytes, Math.Max(need, Math.Max(256, _bytes.Length * 2)));
        head.CopyTo(_bytes.AsSpan(_used));
        tail.CopyTo(_bytes.AsSpan(_used + head.Length));
        var length = LineEditor.Edit(_bytes.AsSpan(_used, need - _used));
        _used += length;
        if (length > 0 || keepsEmpty)
            Push(false);
    }

    internal void AddTooLong() => Push(true);

    private void Push(bool tooLong)
    {
        if (Count == _lines.Length)
            Array.Resize(ref _lines, Count * 2);
        _lines[Count++] = (_used, tooLong);
    }
}
