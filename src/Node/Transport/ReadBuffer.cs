namespace ChatAkka.Node.Transport;

/// <summary>The buffer of one reader. It grows and shrinks with the size of the reads, so that an idle connection costs little memory.</summary>
/// <param name="size">How large it may become.</param>
internal sealed class ReadBuffer(ReadSize size)
{
    /// <summary>Bytes of the buffer at the start, and the fewest it shrinks to.</summary>
    public const int Smallest = 1024;

    /// <summary>The most bytes it grows to, if the client has logged in.</summary>
    public const int Largest = 64 * 1024;

    /// <summary>The buffer shrinks after this many reads in a row that would have fitted into a quarter of it.</summary>
    private const int Patience = 32;

    private byte[] _bytes = [];
    private int _smallReads;

    /// <summary>The memory for the next read. It overwrites the bytes that were taken before.</summary>
    public Memory<byte> Free => _bytes.Length == 0 ? _bytes = new byte[Smallest] : _bytes;

    /// <summary>Gives the bytes that were read, and decides how large the next read may be. The bytes are valid until <see cref="Free"/> is used
    /// again.</summary>
    public ReadOnlyMemory<byte> Take(int count)
    {
        var read = _bytes.AsMemory(0, count);
        if (count == _bytes.Length && count < size.Most)
            Resize(_bytes.Length * 4);
        else if (_bytes.Length > Smallest && count < _bytes.Length / 4)
        {
            if (++_smallReads >= Patience)
                Resize(_bytes.Length / 4);
        }
        else
            _smallReads = 0;
        return read;
    }

    private void Resize(int size)
    {
        _bytes = new byte[size];
        _smallReads = 0;
    }
}
