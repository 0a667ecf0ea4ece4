namespace ChatAkka.Node.Transport;

/// <summary>The buffer of one reader, as large as its reads: small while little comes, so that an idle connection costs little.</summary>
internal sealed class ReadBuffer
{
    /// <summary>Bytes of the buffer in the beginning.</summary>
    public const int Smallest = 1024;

    /// <summary>The most bytes it grows to.</summary>
    public const int Largest = 64 * 1024;

    /// <summary>After so many reads that would have fitted into a quarter it becomes smaller.</summary>
    private const int Patience = 32;

    private byte[] _bytes = [];
    private int _smallReads;

    /// <summary>Where to read to; what was taken before is overwritten.</summary>
    public Memory<byte> Free => _bytes.Length == 0 ? _bytes = new byte[Smallest] : _bytes;

    /// <summary>Gives what was read, valid until <see cref="Free"/> is used again, and decides how large the next read may be.</summary>
    public ReadOnlyMemory<byte> Take(int count)
    {
        var read = _bytes.AsMemory(0, count);
        if (count == _bytes.Length && count < Largest)
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
