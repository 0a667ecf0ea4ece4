using System.Buffers;
using System.Text;

namespace ChatAkka.Protocol.Client;

/// <summary>Does in a typed line what its backspaces and deletes ask for, where the terminal sent them instead of doing it.</summary>
internal static class LineEditor
{
    private const byte Backspace = 0x08;
    private const byte Delete = 0x7F;
    private static readonly SearchValues<byte> s_erasers = SearchValues.Create(Backspace, Delete);

    /// <summary>Erases, in place: each backspace or delete takes the character before it along, and nothing where there is none.</summary>
    /// <param name="line">The line. One that is JSON when it begins is left as it is: there these bytes are the client's own.</param>
    /// <returns>How many bytes are left.</returns>
    public static int Edit(Span<byte> line)
    {
        if (CommandParser.IsJson(line))
            return line.Length;
        var next = line.IndexOfAny(s_erasers);
        if (next < 0)
            return line.Length;
        var length = next;
        foreach (var b in line[next..])
        {
            if (b is not (Backspace or Delete))
                line[length++] = b;
            else
            {
                // What is no UTF-8 goes as far as it makes no character; of nothing, nothing goes.
                Rune.DecodeLastFromUtf8(line[..length], out _, out var bytes);
                length -= bytes;
            }
        }

        return length;
    }
}
