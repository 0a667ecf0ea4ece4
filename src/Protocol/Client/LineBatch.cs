namespace ChatAkka.Protocol.Client;

/// <summary>The lines that one read completed, in order, in one reused buffer.</summary>
/// <remarks>Filled by <see cref="LineFramer"/>; whoever holds the batch owns it until it hands it back for the next read.</remarks>
public sealed class LineBatch
{
    private const int KeptBytes = 16 * 1024;
    private byte[] _bytes = [];
    private int _used;
    private (int End, bool TooLong)[] _lines = new (int, bool)[4];

    /// <summary>How many lines there are.</summary>
    public int Count { get; private set; }

    /// <summary>The line at <paramref name="index"/> without its end; empty where <see cref="IsTooLong"/>, and where a client's first line is.</summary>
    public ReadOnlySpan<byte> this[int index]
    {
        get
        {
            var start = index == 0 ? 0 : _lines[index - 1].End;
            return _bytes.AsSpan(start, _lines[index].End - start);
        }
    }

    /// <summary>True where the line passed the limit and was skipped.</summary>
    public bool IsTooLong(int index) => _lines[index].TooLong;

    /// <summary>Empties the batch; a buffer that one large read made is given back.</summary>
    public void Clear()
    {
        Count = 0;
        _used = 0;
        if (_bytes.Length > KeptBytes)
            _bytes = [];
        if (_lines.Length > 1024)
            _lines = new (int, bool)[4];
    }

    /// <summary>Adds a line, as its keys left it.</summary>
    /// <param name="head">How it begins.</param>
    /// <param name="tail">How it goes on.</param>
    /// <param name="keepsEmpty">True where it counts as a line also when it is empty.</param>
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
