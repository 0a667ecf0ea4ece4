using System.Text;

namespace ChatAkka.Persistence.Redis;

/// <summary>Reads the fields of one protobuf message. <see cref="ProtobufWriter"/> describes the layout.</summary>
/// <param name="bytes">The message.</param>
internal ref struct ProtobufReader(ReadOnlySpan<byte> bytes)
{
    private static readonly UTF8Encoding s_strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private ReadOnlySpan<byte> _rest = bytes;

    /// <summary>Reads the tag of the next field; false at the end.</summary>
    /// <exception cref="FormatException">The tag is not valid.</exception>
    public bool TryReadTag(out int tag)
    {
        tag = 0;
        if (_rest.IsEmpty)
            return false;
        var value = Varint();
        if (value is < 8 or > uint.MaxValue)
            throw new FormatException("a field has no number");
        tag = unchecked((int)value);
        return true;
    }

    /// <summary>Reads a number.</summary>
    /// <exception cref="FormatException">The number is not complete, or has more than 64 bits.</exception>
    public long Varint()
    {
        var value = 0UL;
        for (var i = 0; i < _rest.Length && i < 10; i++)
        {
            value |= (ulong)(_rest[i] & 0x7F) << (7 * i);
            if (_rest[i] > 0x7F)
                continue;
            _rest = _rest[(i + 1)..];
            return (long)value;
        }

        throw new FormatException("a number has no end");
    }

    /// <summary>Reads bytes, or a message.</summary>
    /// <exception cref="FormatException">The value is not complete.</exception>
    public ReadOnlySpan<byte> Bytes()
    {
        var length = Varint();
        if (length < 0 || length > _rest.Length)
            throw new FormatException($"{_rest.Length} bytes are left of {length}");
        var bytes = _rest[..(int)length];
        _rest = _rest[(int)length..];
        return bytes;
    }

    /// <summary>Reads text.</summary>
    /// <exception cref="FormatException">The text is not complete, or is not valid UTF-8.</exception>
    public string Text()
    {
        try
        {
            return s_strict.GetString(Bytes());
        }
        catch (DecoderFallbackException e)
        {
            throw new FormatException("text is no UTF-8", e);
        }
    }

    /// <summary>Skips the value of an unknown field. A later version of the message may have added it.</summary>
    /// <exception cref="FormatException">The value is not complete, or has a wire type that version 3 does not have.</exception>
    public void Skip(int tag)
    {
        switch (tag & 7)
        {
            case 0:
                Varint();
                break;
            case 1:
                Leave(8);
                break;
            case 2:
                Bytes();
                break;
            case 5:
                Leave(4);
                break;
            default:
                throw new FormatException($"a field is of wire type {tag & 7}");
        }
    }

    private void Leave(int count)
    {
        if (count > _rest.Length)
            throw new FormatException($"{_rest.Length} bytes are left of {count}");
        _rest = _rest[count..];
    }
}
