using System.Text;

namespace ChatAkka.Authentication.Names;

/// <summary>Gives the form in which names are compared: compatibility characters are replaced (NFKC), and upper and lower case are the same.</summary>
/// <remarks>The framework has no full case folding. Upper case and then lower case gives the same for all characters but a few, which stand here.</remarks>
internal static class NameFolding
{
    // After each round the text is shorter or nearer to its final form. Two rounds are enough for every character of Unicode 17; this is a bound, not a need.
    private const int MostRounds = 8;

    /// <summary>Folds a text. Folding it again changes nothing.</summary>
    /// <param name="text">Well-formed text.</param>
    public static string Fold(string text)
    {
        if (IsFolded(text))
            return text;
        for (var round = 0; round < MostRounds; round++)
        {
            var folded = FoldCase(text.Normalize(NormalizationForm.FormKC)).Normalize(NormalizationForm.FormKC);
            if (folded == text)
                break;
            text = folded;
        }

        return text;
    }

    private static bool IsFolded(string text)
    {
        foreach (var c in text)
        {
            if (!char.IsAscii(c) || char.IsAsciiLetterUpper(c))
                return false;
        }

        return true;
    }

    /// <summary>True if a text has no visible character.</summary>
    public static bool IsInvisible(string text) => text.EnumerateRunes().All(IsInvisible);

    /// <summary>Default_Ignorable_Code_Point of Unicode without those that no name may have, and the empty Braille pattern.</summary>
    private static bool IsInvisible(Rune rune) => rune.Value is 0x034F or (>= 0x115F and <= 0x1160) or (>= 0x17B4 and <= 0x17B5) or (>= 0x180B and <= 0x180F)
        or 0x2800 or 0x3164 or (>= 0xFE00 and <= 0xFE0F) or 0xFFA0 or (>= 0xE0000 and <= 0xE0FFF);

    private static string FoldCase(string text)
    {
        var folded = new StringBuilder(text.Length);
        var isInvisible = IsInvisible(text);
        foreach (var rune in text.EnumerateRunes())
        {
            // What is not visible does not make another name. A name without anything visible stays as it is.
            if (IsInvisible(rune) && !isInvisible)
                continue;
            switch (rune.Value)
            {
                case 0x00DF or 0x1E9E:
                    folded.Append("ss");
                    break;
                case 0x0130:
                    folded.Append("i\u0307");
                    break;
                default:
                    folded.Append(Rune.ToLowerInvariant(Rune.ToUpperInvariant(rune)).ToString());
                    break;
            }
        }

        return folded.ToString();
    }
}
