using System.Buffers.Binary;
using System.Text;

namespace ChatAkka.Protocol.Internode;

/// <summary>Reads what <see cref="WireWriter"/> wrote. If the bytes end too early or a number is too large, it throws <see cref="FormatException"/>.</summary>
/// <param name="bytes">The received bytes.</param>
internal ref struct WireReader(ReadOnlySpan<byte> bytes)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;

    public int Position { get; private set; }

    public readonly bool AtEnd => Position == _bytes.Length;

    public byte Byte() => Take(1)[0];

    public long Int64() => BinaryPrimitives.ReadInt64LittleEndian(Take(8));

    public long Varint()
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var b = Byte();
            value |= (ulong)(b & 0x7F) << shift;
            if (b < 0x80)
                return (long)value;
        }

        throw new FormatException("varint of more than ten bytes");
    }

    public int Int32() => Varint() is >= int.MinValue and <= int.MaxValue and var value ? (int)value : throw new FormatException("a number has more than 32 bits");

    public int Length()
    {
        var value = Varint();
        return value >= 0 && value <= _bytes.Length - Position ? (int)value : throw new FormatException("a length passes the end of the frame");
    }

    public ReadOnlySpan<byte> Blob() => Take(Length());

    public string Text() => Encoding.UTF8.GetString(Blob());

    public NodeId Node() => new(Text(), Int32(), WireWriter.FoldUid(Varint()));

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > _bytes.Length - Position)
            throw new FormatException("the frame ends early");
        var taken = _bytes.Slice(Position, count);
        Position += count;
        return taken;
    }
}
