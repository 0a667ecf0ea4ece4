using System.Globalization;
using System.Text;

namespace ChatAkka.Protocol;

/// <summary>Name of a user: 1 to 64 characters in NFC, without white space, control or invisible format characters.</summary>
/// <remarks>The name is kept both as text (for people and keys) and as UTF-8 (for messages), so that no message needs a conversion.
/// Characters are Unicode scalar values. A name in another normal form is converted to NFC, so that the same name means the
/// same user from every keyboard. Format characters (category Cf) are refused, because two different names could look the same.</remarks>
public sealed class UserName : IEquatable<UserName>
{
    /// <summary>The maximum length of a name, in characters.</summary>
    public const int MaxLength = 64;

    /// <summary>The rule for names, as a sentence for people.</summary>
    public const string Rule = "a name has 1 to 64 characters, no white space, no control and no invisible format characters";

    /// <summary>The maximum length of a name in bytes: four for each character.</summary>
    public const int MaxBytes = MaxLength * 4;

    private const string WhiteSpace = "white space";
    private const string HalfCharacter = "half of a surrogate pair";

    private readonly byte[] _utf8;

    private UserName(string text)
    {
        Text = text;
        _utf8 = Encoding.UTF8.GetBytes(text);
    }

    /// <summary>The name as text.</summary>
    public string Text { get; }

    /// <summary>The name in UTF-8.</summary>
    public ReadOnlySpan<byte> Utf8 => _utf8;

    /// <summary>Makes a name from <paramref name="text"/>, converted to NFC; null if it breaks a rule.</summary>
    public static UserName? TryCreate(string text)
    {
        if (text.Length is 0 or > MaxLength * 4)
            return null;
        if (!Ascii.IsValid(text))
        {
            if (!IsWellFormed(text))
                return null;
            text = text.Normalize(NormalizationForm.FormC);
        }

        var count = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            if (++count > MaxLength || !IsAllowed(rune))
                return null;
        }

        return new UserName(text);
    }

    /// <summary>Makes a name from valid UTF-8; null if it breaks a rule.</summary>
    public static UserName? TryCreate(ReadOnlySpan<byte> utf8) =>
        utf8.Length is 0 or > MaxBytes * 4 ? null : TryCreate(Encoding.UTF8.GetString(utf8));

    /// <summary>Gives a text for people: which rule a name breaks, and at which character. Only for a text that
    /// <see cref="TryCreate(string)"/> refuses.</summary>
    public static string Explain(string text) => $"{Rule}: {Fault(text)}";

    /// <summary>The same for valid UTF-8. Only for bytes that <see cref="TryCreate(ReadOnlySpan{byte})"/> refuses.</summary>
    public static string Explain(ReadOnlySpan<byte> utf8) => Explain(Encoding.UTF8.GetString(utf8));

    /// <inheritdoc/>
    public bool Equals(UserName? other) => other is not null && _utf8.AsSpan().SequenceEqual(other._utf8);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as UserName);

    /// <inheritdoc/>
    public override int GetHashCode() => Hash(_utf8);

    /// <inheritdoc/>
    public override string ToString() => Text;

    /// <summary>Hash of a name in UTF-8. The seed is random in each process, so that nobody can choose names with the same hash.</summary>
    internal static int Hash(ReadOnlySpan<byte> utf8)
    {
        var hash = default(HashCode);
        hash.AddBytes(utf8);
        return hash.ToHashCode();
    }

    private static bool IsAllowed(Rune rune) => Refused(rune) is null;

    /// <summary>Describes a character that is not allowed in a name; null if it is allowed.</summary>
    private static string? Refused(Rune rune) => Rune.GetUnicodeCategory(rune) switch
    {
        // In Unicode, tab and line ends are control characters. For people they are white space.
        UnicodeCategory.Control => Rune.IsWhiteSpace(rune) ? WhiteSpace : "a control character",
        UnicodeCategory.SpaceSeparator or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator => WhiteSpace,
        UnicodeCategory.Format => "an invisible format character",
        UnicodeCategory.Surrogate => HalfCharacter,
        _ => null,
    };

    /// <summary>Describes the first character that is refused, by its position in the text. If there is none, gives the number of characters.</summary>
    private static string Fault(string text)
    {
        if (text.Length == 0)
            return "this one is empty";
        var count = 0;
        for (var at = 0; at < text.Length; at += char.IsSurrogatePair(text, at) ? 2 : 1)
        {
            count++;
            if (!Rune.TryGetRuneAt(text, at, out var rune))
                return string.Create(CultureInfo.InvariantCulture, $"character {count} is {HalfCharacter}");
            if (IsNoCharacter(rune.Value))
                return string.Create(CultureInfo.InvariantCulture, $"character {count} is no character (U+{rune.Value:X4})");
            if (Refused(rune) is { } what)
                return string.Create(CultureInfo.InvariantCulture, $"character {count} is {what} (U+{rune.Value:X4})");
        }

        // The rule counts characters in NFC. A very long text breaks the rule in any case, so it is not converted.
        if (text.Length <= MaxLength * 4 && IsWellFormed(text))
            count = text.Normalize(NormalizationForm.FormC).EnumerateRunes().Count();
        return string.Create(CultureInfo.InvariantCulture, $"this one has {count}");
    }

    /// <summary>Code points that stand for no character, and never will. They cannot be normalised.</summary>
    private static bool IsNoCharacter(int codePoint) => (codePoint & 0xFFFE) == 0xFFFE || codePoint is >= 0xFDD0 and <= 0xFDEF;

    private static bool IsWellFormed(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (!Rune.TryGetRuneAt(text, i, out var rune) || IsNoCharacter(rune.Value))
                return false;
            i += rune.Utf16SequenceLength - 1;
        }

        return true;
    }
}
