using System.Globalization;
using System.Text;

namespace ChatAkka.Load;

/// <summary>What a chat's content carries: its number within its pair and when it was (due to be) sent, found again in what is delivered.</summary>
/// <remarks>Layout: <c>~</c>, 12 hexadecimal digits number, 12 of microseconds since the start, <c>~</c>, padding.</remarks>
internal static class Tag
{
    /// <summary>Begins and ends a tag.</summary>
    public const byte Mark = (byte)'~';

    /// <summary>Bytes of a tag; no content is shorter.</summary>
    public const int Length = 2 + (2 * Digits);

    private const int Digits = 12;

    /// <summary>Makes a content to write tags to.</summary>
    /// <param name="size">Its bytes, or more where a tag needs them.</param>
    public static byte[] NewContent(int size)
    {
        var content = new byte[Math.Max(size, Length)];
        content.AsSpan().Fill((byte)'x');
        return content;
    }

    /// <summary>Writes the tag to the beginning of a content.</summary>
    public static void Write(Span<byte> content, long number, long micros)
    {
        content[0] = Mark;
        number.TryFormat(content[1..], out _, "x12", CultureInfo.InvariantCulture);
        micros.TryFormat(content[(1 + Digits)..], out _, "x12", CultureInfo.InvariantCulture);
        content[Length - 1] = Mark;
    }

    /// <summary>Finds the tag in a line; false where there is none, or it is damaged.</summary>
    public static bool TryRead(ReadOnlySpan<byte> line, out long number, out long micros)
    {
        (number, micros) = (0, 0);
        var start = line.IndexOf(Mark);
        if (start < 0 || line.Length < start + Length || line[start + Length - 1] != Mark)
            return false;
        return TryHex(line.Slice(start + 1, Digits), out number) && TryHex(line.Slice(start + 1 + Digits, Digits), out micros);
    }

    private static bool TryHex(ReadOnlySpan<byte> digits, out long value)
    {
        Span<char> text = stackalloc char[Digits];
        Encoding.ASCII.GetChars(digits, text);
        return long.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);
    }
}
