namespace ChatAkka.Startup;

/// <summary>Finds braces, brackets and quotes in a HOCON text that have no counterpart.</summary>
/// <remarks>Akka.NET's parser closes everything that is open at the end of the text, and ignores all text after a closing brace too many. So a
/// process would start with other settings than those in its file.</remarks>
internal static class HoconCheck
{
    private const string TripleQuote = "\"\"\"";

    /// <summary>Gives the first error, with its line; null if there is none.</summary>
    public static string? Find(string text)
    {
        var open = new Stack<(char Kind, int Line)>();
        var line = 1;
        for (var i = 0; i < text.Length; i++)
        {
            switch (text[i])
            {
                case '\n':
                    line++;
                    break;
                case '#':
                case '/' when Matches(text, i, "//"):
                    i = EndOfLine(text, i) - 1;
                    break;
                case '"':
                    var start = line;
                    if (!TrySkipQuoted(text, ref i, ref line))
                        return $"line {start}: a quote is not closed";
                    break;
                case '{' or '[':
                    open.Push((text[i], line));
                    break;
                case '}' or ']':
                    if (!open.TryPop(out var opened))
                        return $"line {line}: '{text[i]}' closes nothing";
                    if ((opened.Kind == '{') != (text[i] == '}'))
                        return $"line {line}: '{text[i]}' stands where '{opened.Kind}' of line {opened.Line} is to be closed";
                    break;
            }
        }

        return open.TryPeek(out var last) ? $"line {last.Line}: '{last.Kind}' is not closed" : null;
    }

    /// <summary>Moves <paramref name="i"/> to the closing quote of a quoted text; false if there is none. Only a text in triple quotes may have
    /// several lines.</summary>
    private static bool TrySkipQuoted(string text, ref int i, ref int line)
    {
        var quote = Matches(text, i, TripleQuote) ? TripleQuote : "\"";
        for (i += quote.Length; i < text.Length; i++)
        {
            if (Matches(text, i, quote))
            {
                i += quote.Length - 1;
                return true;
            }

            if (text[i] == '\n')
            {
                if (quote != TripleQuote)
                    return false;
                line++;
            }
            else if (text[i] == '\\')
                i++;
        }

        return false;
    }

    private static bool Matches(string text, int at, string what) => string.CompareOrdinal(text, at, what, 0, what.Length) == 0;

    private static int EndOfLine(string text, int from) => text.IndexOf('\n', from) is >= 0 and var end ? end : text.Length;
}
