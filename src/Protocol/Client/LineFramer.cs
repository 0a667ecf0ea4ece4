namespace ChatAkka.Protocol.Client;

/// <summary>Splits a byte stream into lines that end with LF, CRLF or CR NUL, however the reads split it (seed defect 1).</summary>
/// <remarks>Pure; it holds at most one unfinished line. Empty lines are dropped, except if the first line of a connection is empty: a person who
/// presses Enter is greeted. A telnet client in character mode sends CR NUL for Enter (RFC 854). JSON cannot contain it.</remarks>
/// <param name="maxLine">The maximum length of a line without its end, in bytes, at first.</param>
/// <param name="offersEcho">True if the server switches the client's echo off while a password is typed.</param>
public sealed class LineFramer(int maxLine, bool offersEcho = false)
{
    private const byte Lf = (byte)'\n';
    private const byte Cr = (byte)'\r';
    private const byte Nul = 0;
    private readonly TelnetFilter _telnet = new(offersEcho);
    private byte[] _partial = [];
    private int _partialLength;
    private bool _skipping;
    private bool _endsWithCr;
    private bool _hadLine;

    /// <summary>The maximum length of a line without its end, in bytes. It may grow, also in the middle of a line.</summary>
    public int MaxLine { get; set; } = maxLine;

    /// <summary>Adds the lines that <paramref name="bytes"/> complete to <paramref name="batch"/>.</summary>
    /// <param name="bytes">The bytes that were read.</param>
    /// <param name="batch">The batch that the lines are added to.</param>
    /// <param name="telnetAnswers">Answers to telnet options, which have to be sent at once, are appended here.</param>
    public void Feed(ReadOnlySpan<byte> bytes, LineBatch batch, Utf8Buffer telnetAnswers)
    {
        if (_telnet.IsPlain(bytes))
        {
            Split(bytes, batch);
            return;
        }

        var data = new byte[bytes.Length];
        var count = _telnet.Filter(bytes, data, telnetAnswers);
        Split(data.AsSpan(0, count), batch);
    }

    private void Split(ReadOnlySpan<byte> bytes, LineBatch batch)
    {
        while (true)
        {
            var end = EndOf(bytes);
            if (end < 0)
            {
                Keep(bytes, batch);
                return;
            }

            Complete(bytes[..end], batch);
            _endsWithCr = false;
            bytes = bytes[(end + 1)..];
        }
    }

    /// <summary>Finds the LF, or the NUL after a CR, that ends the line; -1 if there is none.</summary>
    private int EndOf(ReadOnlySpan<byte> bytes)
    {
        var from = 0;
        while (true)
        {
            var end = bytes[from..].IndexOfAny(Lf, Nul);
            if (end < 0)
                return -1;
            end += from;
            if (bytes[end] == Lf || (end > 0 ? bytes[end - 1] == Cr : _endsWithCr))
                return end;
            from = end + 1;
        }
    }

    private void Complete(ReadOnlySpan<byte> tail, LineBatch batch)
    {
        var head = _partial.AsSpan(0, _partialLength);
        _partialLength = 0;
        if (_partial.Length > Math.Min(4096, MaxLine / 8))
            _partial = [];
        if (_skipping)
        {
            _skipping = false;
            return;
        }

        if (!tail.IsEmpty && tail[^1] == Cr)
            tail = tail[..^1];
        else if (tail.IsEmpty && !head.IsEmpty && head[^1] == Cr)
            head = head[..^1];

        if (head.Length + tail.Length > MaxLine)
            batch.AddTooLong();
        else
            batch.Add(head, tail, keepsEmpty: !_hadLine);
        _hadLine = true;
    }

    private void Keep(ReadOnlySpan<byte> bytes, LineBatch batch)
    {
        if (bytes.IsEmpty)
            return;
        _endsWithCr = bytes[^1] == Cr;
        if (_skipping)
            return;
        var need = _partialLength + bytes.Length;
        // One byte more than the limit is kept: it may be the CR of CRLF.
        var last = bytes[^1];
        if (need > MaxLine + 1 || (need == MaxLine + 1 && last != Cr))
        {
            batch.AddTooLong();
            _skipping = _hadLine = true;
            _partialLength = 0;
            _partial = [];
            return;
        }

        if (need > _partial.Length)
            Array.Resize(ref _partial, Math.Min(MaxLine + 1, Math.Max(need, Math.Max(256, _partial.Length * 2))));
        bytes.CopyTo(_partial.AsSpan(_partialLength));
        _partialLength = need;
    }
}
