using System.Globalization;
using System.Text;

namespace ChatAkka.Authentication.Names;

/// <summary>Decides which names clients may have, and which names are the same.</summary>
/// <remarks>Pure. It expects names that are valid: in NFC, without white space, control and format characters.
/// <para>Safe names are compared in a form without case and compatibility characters. A name is refused if it mixes scripts, or if it could be taken for a name in
/// ASCII. So <c>alice</c> and <c>Alice</c> are one user, and <c>аlice</c> with a Cyrillic а is nobody.</para></remarks>
public sealed class NamePolicy
{
    private readonly bool _isSafe;
    private readonly HashSet<string> _reserved;

    /// <summary>Makes a policy.</summary>
    /// <param name="isSafe">True if names that people would confuse are one name, or refused; false if every different name is another user.</param>
    /// <param name="reserved">Names that no client may have, in whatever case.</param>
    public NamePolicy(bool isSafe, IEnumerable<string> reserved)
    {
        _isSafe = isSafe;
        _reserved = [.. reserved.Select(NameFolding.Fold)];
    }

    /// <summary>True if names that people would confuse are one name, or refused.</summary>
    public bool IsSafe => _isSafe;

    /// <summary>Says whether a client may have a name.</summary>
    /// <param name="name">The name; it is valid.</param>
    public NameVerdict Check(string name)
    {
        var folded = NameFolding.Fold(name);
        if (_reserved.Contains(folded))
            return NameVerdict.Refuse("this name is reserved");
        if (!_isSafe)
            return NameVerdict.Allow(name);
        return Refusal(name, folded) is { } reason ? NameVerdict.Refuse(reason) : NameVerdict.Allow(folded);
    }

    /// <summary>Gives the form in which a name is compared with others.</summary>
    /// <param name="name">The name; it is valid.</param>
    public string Compare(string name) => _isSafe ? NameFolding.Fold(name) : name;

    private static string? Refusal(string name, string folded)
    {
        if (Ascii.IsValid(name))
            return null;
        if (NameFolding.IsInvisible(folded))
            return "a name must have a visible character";
        var scripts = Scripts.Of(folded);
        if (!Scripts.MayMix(scripts))
            return $"a name may not mix letters of {string.Join(" and ", scripts.Order(StringComparer.Ordinal))}";
        var isLatin = scripts.Count == 0 || scripts.Contains(Scripts.Latin);

        // A capital letter may look like an ASCII letter where its small one does not: Cyrillic В and в.
        var found = LookAlikes.Find(name.Normalize(NormalizationForm.FormKC), isLatin) ?? LookAlikes.Find(folded, isLatin);
        return found is { } rune
            ? string.Create(CultureInfo.InvariantCulture, $"this name could be taken for another one: {rune} (U+{rune.Value:X4}) looks like an ASCII character")
            : null;
    }
}
