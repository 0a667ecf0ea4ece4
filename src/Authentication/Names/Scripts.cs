using System.Text;

namespace ChatAkka.Authentication.Names;

/// <summary>The scripts of characters, and which of them may stand together in a name.</summary>
/// <remarks>The rule is the level "highly restrictive" of UTS #39, section 5.2: one script, or one of the mixtures in which Japanese, Chinese and Korean are
/// written, with Latin letters among them.</remarks>
internal static class Scripts
{
    /// <summary>The script of Latin letters.</summary>
    public const string Latin = "Latin";

    private static readonly string[] s_shared = ["Common", "Inherited"];
    private static readonly string[][] s_mixtures =
    [
        [Latin, "Han", "Hiragana", "Katakana"],
        [Latin, "Han", "Bopomofo"],
        [Latin, "Han", "Hangul"],
    ];

    private static readonly (int[] Starts, string[] Names) s_table = Load();

    /// <summary>Gives the scripts of the characters of a text, without what all scripts share, such as digits and accents.</summary>
    public static IReadOnlySet<string> Of(string text)
    {
        var scripts = new HashSet<string>();
        foreach (var rune in text.EnumerateRunes())
        {
            if (ScriptOf(rune) is var script && !s_shared.Contains(script))
                scripts.Add(script);
        }

        return scripts;
    }

    /// <summary>True if characters of all these scripts may stand in one name.</summary>
    public static bool MayMix(IReadOnlySet<string> scripts) => scripts.Count <= 1 || s_mixtures.Any(scripts.IsSubsetOf);

    private static string ScriptOf(Rune rune)
    {
        var at = Array.BinarySearch(s_table.Starts, rune.Value);
        return s_table.Names[at >= 0 ? at : Math.Max(0, ~at - 1)];
    }

    private static (int[] Starts, string[] Names) Load()
    {
        var rows = UnicodeTable.Read("scripts.txt").ToList();
        return ([.. rows.Select(r => r.CodePoint)], [.. rows.Select(r => string.Intern(r.Word))]);
    }
}
