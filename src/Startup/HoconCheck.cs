namespace ChatAkka.Startup;

/// <summary>Finds braces, brackets and quotes of a HOCON text that are left open or close nothing.</summary>
/// <remarks>Akka.NET's parser takes the end of the text for whatever is missing, and what stands behind a brace too many for nothing: a
/// process would start with other settings than those that stand in its file.</remarks>
internal static class HoconCheck
{
    private const string TripleQuote = "\"\"\"";

    /// <summary>Says what is wrong first, with its line; null where nothing is.</summary>
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

    /// <summary>Moves <paramref name="i"/> to the last quote of a quoted text; false where there is none. Only three quotes go over lines.</summary>
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
