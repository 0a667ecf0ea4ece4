using System.Globalization;
using System.Text;

namespace ChatAkka.Protocol;

/// <summary>Name of a user: 1 to 64 characters in NFC, without white space, control or invisible format characters.</summary>
/// <remarks>Kept as text for people and keys, and as UTF-8 for the wire, so that neither is made again per message.
/// Characters are Unicode scalar values. What is typed in another normal form is brought to NFC, so that a name means the
/// same user from every keyboard. Format characters (category Cf) are refused because two names could look alike.</remarks>
public sealed class UserName : IEquatable<UserName>
{
    /// <summary>The most characters a name has.</summary>
    public const int MaxLength = 64;

    /// <summary>What a name may be, as a sentence for people.</summary>
    public const string Rule = "a name has 1 to 64 characters, no white space, no control and no invisible format characters";

    /// <summary>The most bytes a name has: four to a character.</summary>
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

    /// <summary>Makes a name of <paramref name="text"/>, brought to NFC; null where it breaks a rule.</summary>
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

    /// <summary>Makes a name of valid UTF-8; null where it breaks a rule.</summary>
    public static UserName? TryCreate(ReadOnlySpan<byte> utf8) =>
        utf8.Length is 0 or > MaxBytes * 4 ? null : TryCreate(Encoding.UTF8.GetString(utf8));

    /// <summary>Says which rule a text breaks, and where: for people who were refused. Only for a text that <see cref="TryCreate(string)"/>
    /// refuses.</summary>
    public static string Explain(string text) => $"{Rule}: {Fault(text)}";

    /// <summary>Says which rule valid UTF-8 breaks, and where. Only for what <see cref="TryCreate(ReadOnlySpan{byte})"/> refuses.</summary>
    public static string Explain(ReadOnlySpan<byte> utf8) => Explain(Encoding.UTF8.GetString(utf8));

    /// <inheritdoc/>
    public bool Equals(UserName? other) => other is not null && _utf8.AsSpan().SequenceEqual(other._utf8);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as UserName);

    /// <inheritdoc/>
    public override int GetHashCode() => Hash(_utf8);

    /// <inheritdoc/>
    public override string ToString() => Text;

    /// <summary>Hash of a name given as UTF-8, seeded anew in each process so that names cannot be chosen to collide.</summary>
    internal static int Hash(ReadOnlySpan<byte> utf8)
    {
        var hash = default(HashCode);
        hash.AddBytes(utf8);
        return hash.ToHashCode();
    }

    private static bool IsAllowed(Rune rune) => Refused(rune) is null;

    /// <summary>What a character is that no name may have; null for one that it may.</summary>
    private static string? Refused(Rune rune) => Rune.GetUnicodeCategory(rune) switch
    {
        // Tab and line ends are control characters to Unicode, and white space to people.
        UnicodeCategory.Control => Rune.IsWhiteSpace(rune) ? WhiteSpace : "a control character",
        UnicodeCategory.SpaceSeparator or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator => WhiteSpace,
        UnicodeCategory.Format => "an invisible format character",
        UnicodeCategory.Surrogate => HalfCharacter,
        _ => null,
    };

    /// <summary>The first character that is refused, counted as it was written; where there is none, how many there are.</summary>
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
            if (Refused(rune) is { } what)
                return string.Create(CultureInfo.InvariantCulture, $"character {count} is {what} (U+{rune.Value:X4})");
        }

        // In NFC, as the rule counts, but for a text so long that it is refused as it is.
        if (text.Length <= MaxLength * 4)
            count = text.Normalize(NormalizationForm.FormC).EnumerateRunes().Count();
        return string.Create(CultureInfo.InvariantCulture, $"this one has {count}");
    }

    private static bool IsWellFormed(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i]))
                continue;
            if (i + 1 == text.Length || !char.IsSurrogatePair(text[i], text[i + 1]))
                return false;
            i++;
        }

        return true;
    }
}
