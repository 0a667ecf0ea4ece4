using System.Buffers.Binary;
using System.Text;

namespace ChatAkka.Protocol.Internode;

/// <summary>Writes the primitive parts of the internode layouts: little-endian numbers, LEB128 varints, length-prefixed UTF-8.</summary>
/// <param name="bytes">The space to write to. Writing beyond its end throws.</param>
internal ref struct WireWriter(Span<byte> bytes)
{
    private readonly Span<byte> _bytes = bytes;

    public int Position { get; private set; }

    public void Byte(byte value) => _bytes[Position++] = value;

    public void Int64(long value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(_bytes[Position..], value);
        Position += 8;
    }

    public void Varint(long value)
    {
        var rest = (ulong)value;
        while (rest >= 0x80)
        {
            _bytes[Position++] = (byte)(rest | 0x80);
            rest >>= 7;
        }

        _bytes[Position++] = (byte)rest;
    }

    public void Blob(ReadOnlySpan<byte> value)
    {
        Varint(value.Length);
        Raw(value);
    }

    public void Raw(ReadOnlySpan<byte> value)
    {
        value.CopyTo(_bytes[Position..]);
        Position += value.Length;
    }

    public void Text(string value)
    {
        Varint(Encoding.UTF8.GetByteCount(value));
        Position += Encoding.UTF8.GetBytes(value, _bytes[Position..]);
    }

    public void Node(NodeId node)
    {
        Text(node.Host);
        Varint(node.Port);
        Varint(FoldUid(node.Uid));
    }

    public static int VarintSize(long value) => value == 0 ? 1 : (70 - System.Numerics.BitOperations.LeadingZeroCount((ulong)value)) / 7;

    public static int BlobSize(int length) => VarintSize(length) + length;

    public static int NodeSize(NodeId node) =>
        BlobSize(Encoding.UTF8.GetByteCount(node.Host)) + VarintSize(node.Port) + VarintSize(FoldUid(node.Uid));

    /// <summary>Converts a uid to its written form, and back. A negative uid of 32 bits is written as the 32 bits without sign extension, as in
    /// earlier versions. The 64-bit uid with just that value is written in the sign-extended form instead, so that the two stay distinct.</summary>
    public static long FoldUid(long uid) =>
        (int)uid < 0 && uid >> 32 is 0 or -1 ? uid ^ unchecked((long)0xFFFFFFFF_00000000) : uid;
}
