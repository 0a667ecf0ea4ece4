using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Encodings.Web;

namespace ChatAkka.Protocol.Client;

/// <summary>A growing buffer for UTF-8, in which lines for clients are written. Not thread-safe.</summary>
public sealed class Utf8Buffer
{
    private static readonly JavaScriptEncoder s_json = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
    private byte[] _bytes = [];

    /// <summary>The number of bytes that were written.</summary>
    public int Length { get; private set; }

    /// <summary>The bytes that were written.</summary>
    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

    /// <summary>Removes all bytes after <paramref name="length"/>.</summary>
    public void Truncate(int length) => Length = length;

    /// <summary>Gives the array with the written bytes to the caller. The buffer is empty afterwards.</summary>
    /// <returns>The array, which the caller then owns, and the number of bytes that are used in it.</returns>
    public (byte[] Bytes, int Count) Detach()
    {
        var taken = (_bytes, Length);
        _bytes = [];
        Length = 0;
        return taken;
    }

    /// <summary>Makes space for <paramref name="bytes"/> more bytes, and gives the free space.</summary>
    public Span<byte> Reserve(int bytes)
    {
        if (Length + bytes > _bytes.Length)
            Array.Resize(ref _bytes, Math.Max(Length + bytes, Math.Max(512, _bytes.Length * 2)));
        return _bytes.AsSpan(Length);
    }

    /// <summary>Adds bytes that the caller wrote into the space from <see cref="Reserve"/>.</summary>
    public void Advance(int bytes) => Length += bytes;

    /// <summary>Appends bytes without a change.</summary>
    public Utf8Buffer Append(ReadOnlySpan<byte> utf8)
    {
        utf8.CopyTo(Reserve(utf8.Length));
        Length += utf8.Length;
        return this;
    }

    /// <summary>Appends text without a change.</summary>
    public Utf8Buffer Append(string text)
    {
        Length += Encoding.UTF8.GetBytes(text, Reserve(Encoding.UTF8.GetMaxByteCount(text.Length)));
        return this;
    }

    /// <summary>Appends a decimal number.</summary>
    public Utf8Buffer Append(long number)
    {
        Utf8Formatter.TryFormat(number, Reserve(20), out var written);
        Length += written;
        return this;
    }

    /// <summary>Appends text as a JSON string with its quotes.</summary>
    public Utf8Buffer AppendJson(string text) => AppendJson(Encoding.UTF8.GetBytes(text));

    /// <summary>Appends UTF-8 as a JSON string with its quotes.</summary>
    public Utf8Buffer AppendJson(ReadOnlySpan<byte> utf8)
    {
        Append("\""u8);
        while (!utf8.IsEmpty)
        {
            var plain = s_json.FindFirstCharacterToEncodeUtf8(utf8);
            if (plain < 0)
            {
                Append(utf8);
                break;
            }

            Append(utf8[..plain]);
            utf8 = utf8[plain..];
            var space = Reserve(Math.Max(64, Math.Min(utf8.Length, 4096) * 6));
            s_json.EncodeUtf8(utf8, space, out var consumed, out var written, isFinalBlock: true);
            Length += written;
            utf8 = utf8[consumed..];
        }

        return Append("\""u8);
    }

    /// <summary>Appends text for a terminal. Control characters are replaced by visible symbols, so that a message cannot control
    /// the terminal or forge a line.</summary>
    /// <remarks>C0 and DEL become U+2400..U+2421 (Unicode "Control Pictures"), C1 becomes U+FFFD.</remarks>
    public Utf8Buffer AppendSafe(ReadOnlySpan<byte> utf8)
    {
        while (true)
        {
            var suspect = utf8.IndexOfAny(s_suspects);
            if (suspect < 0)
                return Append(utf8);
            Append(utf8[..suspect]);
            var b = utf8[suspect];
            utf8 = utf8[(suspect + 1)..];
            if (b < 0x20)
                Append([0xE2, 0x90, (byte)(0x80 + b)]);
            else if (b == 0x7F)
                Append([0xE2, 0x90, 0xA1]);
            else if (!utf8.IsEmpty && utf8[0] < 0xA0)
            {
                Append("\uFFFD"u8);
                utf8 = utf8[1..];
            }
            else
                Append([b]);
        }
    }

    /// <summary>Bytes that may belong to a control character: C0, DEL, and 0xC2, the first byte of C1.</summary>
    private static readonly SearchValues<byte> s_suspects = SearchValues.Create(
        [.. Enumerable.Range(0, 0x20).Select(i => (byte)i), 0x7F, 0xC2]);
}
