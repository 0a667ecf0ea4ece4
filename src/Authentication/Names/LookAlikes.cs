using System.Globalization;
using System.Text;

namespace ChatAkka.Authentication.Names;

/// <summary>Finds names that look like names in ASCII and are others.</summary>
/// <remarks>Which letters look like ASCII letters is from <c>confusables.txt</c> of UTS #39. Names that are all ASCII are not compared with one another: <c>1</c> and
/// <c>l</c>, <c>0</c> and <c>O</c> stay different characters.</remarks>
internal static class LookAlikes
{
    private static readonly HashSet<int> s_table = [.. UnicodeTable.Read("lookalikes.txt").Select(row => row.CodePoint)];

    /// <summary>Gives the first character because of which the text could be taken for one in ASCII; null if there is none.</summary>
    /// <remarks>In a text with Latin letters, every character counts that is not ASCII and looks as if it were. In a text of another script, a letter that looks like a Latin
    /// one is what its readers expect, as long as another letter shows which script it is.</remarks>
    /// <param name="text">The text, in NFKC.</param>
    /// <param name="isLatin">True if the name has Latin letters, or letters of no script.</param>
    public static Rune? Find(string text, bool isLatin)
    {
        Rune? first = null;
        var hasOwn = false;
        foreach (var rune in text.EnumerateRunes())
        {
            if (s_table.Contains(rune.Value))
                first ??= rune;
            else if (!rune.IsAscii && Rune.GetUnicodeCategory(rune) is UnicodeCategory.LowercaseLetter or UnicodeCategory.UppercaseLetter or UnicodeCategory.TitlecaseLetter or UnicodeCategory.OtherLetter)
                hasOwn = true;
        }

        return isLatin || !hasOwn ? first : null;
    }
}
