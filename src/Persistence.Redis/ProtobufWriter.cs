using System.Numerics;

namespace ChatAkka.Persistence.Redis;

/// <summary>Writes the fields of one protobuf message (version 3) with numbers from 1 to 15. A field that has its default value is left out.</summary>
/// <remarks>
/// <code>
/// field  tag:u8 = number * 8 + wire type   value
/// wire type 0: a number, as varint (negative ones as 64 bits)    wire type 2: length:varint and that many bytes (text, bytes, a message)
/// </code>
/// Source: protobuf.dev, "Encoding".
/// </remarks>
/// <param name="space">Space for all fields. The methods for sizes give its length.</param>
internal ref struct ProtobufWriter(Span<byte> space)
{
    private readonly Span<byte> _space = space;
    private int _position;

    /// <summary>Size of a field with a number.</summary>
    public static int SizeOfNumber(long value) => value == 0 ? 0 : 1 + SizeOfVarint((ulong)value);

    /// <summary>Size of a field with text or bytes of a length.</summary>
    public static int SizeOfBytes(int length) => length == 0 ? 0 : SizeOfMessage(length);

    /// <summary>Size of a field with a message of a length. An empty message is written, too.</summary>
    public static int SizeOfMessage(int length) => 1 + SizeOfVarint((ulong)length) + length;

    /// <summary>Writes a field with a number.</summary>
    public void Number(int field, long value)
    {
        if (value == 0)
            return;
        _space[_position++] = (byte)(field << 3);
        Varint((ulong)value);
    }

    /// <summary>Writes a field with text, as UTF-8, or bytes.</summary>
    public void Bytes(int field, ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
            return;
        BeginMessage(field, bytes.Length);
        bytes.CopyTo(_space[_position..]);
        _position += bytes.Length;
    }

    /// <summary>Writes the head of a field with a message. The caller then writes the fields of that message.</summary>
    public void BeginMessage(int field, int length)
    {
        _space[_position++] = (byte)((field << 3) | 2);
        Varint((ulong)length);
    }

    private static int SizeOfVarint(ulong value) => (BitOperations.Log2(value | 1) / 7) + 1;

    private void Varint(ulong value)
    {
        for (; value > 0x7F; value >>= 7)
            _space[_position++] = (byte)(value | 0x80);
        _space[_position++] = (byte)value;
    }
}
