using System.Text;

namespace ChatAkka.Management.Client;

/// <summary>Divides a line into words, as a shell does: by white space, but that quotes keep it.</summary>
internal static class Words
{
    /// <summary>Divides a line.</summary>
    /// <param name="line">The line.</param>
    /// <returns>The words; null if a quotation mark is not closed.</returns>
    public static IReadOnlyList<string>? TrySplit(string line)
    {
        List<string> words = [];
        var word = new StringBuilder();
        var (isOpen, quote) = (false, '\0');
        foreach (var c in line)
        {
            if (quote != '\0')
            {
                if (c == quote)
                    quote = '\0';
                else
                    word.Append(c);
            }
            else if (c is '"' or '\'' && (!isOpen || word.Length == 0 || word[^1] == '='))
                (isOpen, quote) = (true, c);
            else if (char.IsWhiteSpace(c))
            {
                if (isOpen)
                    words.Add(word.ToString());
                word.Clear();
                isOpen = false;
            }
            else
            {
                isOpen = true;
                word.Append(c);
            }
        }

        if (quote != '\0')
            return null;
        if (isOpen)
            words.Add(word.ToString());
        return words;
    }
}
