using System.Buffers;
using System.Text;

namespace ChatAkka.Protocol.Client;

/// <summary>Applies editing keys in a typed line, if the terminal sent them instead of applying them itself. Backspace and delete erase the
/// character before them. Keys that move the cursor, for example arrow keys, are ignored.</summary>
internal static class LineEditor
{
    private const byte Backspace = 0x08;
    private const byte Escape = 0x1B;
    private const byte Delete = 0x7F;
    private static readonly SearchValues<byte> s_keys = SearchValues.Create(Backspace, Escape, Delete);

    /// <summary>Edits the line in place. Each backspace or delete is removed with the character before it, if there is one. Escape sequences
    /// are removed.</summary>
    /// <param name="line">The line. A line that begins as JSON is not changed: in it these bytes are part of the client's text.</param>
    /// <returns>The new length in bytes.</returns>
    public static int Edit(Span<byte> line)
    {
        if (CommandParser.IsJson(line))
            return line.Length;
        var next = line.IndexOfAny(s_keys);
        if (next < 0)
            return line.Length;
        var length = next;
        while (next < line.Length)
        {
            var b = line[next];
            next += b == Escape ? SequenceLength(line[next..]) : 1;
            if (b is Backspace or Delete)
            {
                // Bytes that are not valid UTF-8 are erased as one unit. If the line is empty, nothing is erased.
                Rune.DecodeLastFromUtf8(line[..length], out _, out var bytes);
                length -= bytes;
            }
            else if (b != Escape)
                line[length++] = b;
        }

        return length;
    }

    /// <summary>Gives the length of an escape sequence. It never contains a control character or a byte that is not ASCII.</summary>
    /// <remarks>
    /// ECMA-48 and xterm, "PC-style function keys":
    /// <code>
    /// ESC [ or ESC O, parameters 0x20 to 0x3F, and one of 0x40 to 0x7E   arrows, Home, Delete, F1 and more; also with Shift or Control
    /// ESC [ [ and one more                                               F1 to F5 of the Linux console
    /// ESC and one more                                                   a key with Alt
    /// </code>
    /// </remarks>
    /// <param name="bytes">The bytes from ESC on.</param>
    private static int SequenceLength(ReadOnlySpan<byte> bytes)
    {
        if (!IsPrintable(bytes, 1))
            return 1;
        if (bytes[1] is not ((byte)'[' or (byte)'O'))
            return 2;
        var at = 2;
        if (bytes[1] == '[' && IsPrintable(bytes, 2) && bytes[2] == '[')
            at++;
        else
        {
            while (IsPrintable(bytes, at) && bytes[at] < 0x40)
                at++;
        }

        return IsPrintable(bytes, at) ? at + 1 : at;
    }

    private static bool IsPrintable(ReadOnlySpan<byte> bytes, int at) => at < bytes.Length && bytes[at] is >= 0x20 and < Delete;
}
