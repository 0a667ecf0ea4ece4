using System.Text;
using ChatAkka.Authentication.Names;
using CsCheck;

namespace ChatAkka.Authentication.Tests;

/// <summary>Which names clients may have, and which are the same.</summary>
public class NamePolicySpecs
{
    private readonly NamePolicy _any = new(isSafe: false, ["pbm", "System"]);
    private readonly NamePolicy _safe = new(isSafe: true, ["pbm", "System"]);

    [Theory]
    [InlineData("alice")]
    [InlineData("Alice")]
    [InlineData("ALICE")]
    [InlineData("ａｌｉｃｅ")]
    [InlineData("𝐀𝐥𝐢𝐜𝐞")]
    [InlineData("alice\uFE0F")]
    [InlineData("al\u034Fice")]
    [InlineData("ali\u3164ce")]
    public void Should_be_one_user_when_only_the_case_or_the_form_of_letters_differs(string name)
    {
        _safe.Check(name).ShouldBe(NameVerdict.Allow("alice"));
        _safe.Compare(name).ShouldBe("alice");
        _any.Check(name).ShouldBe(NameVerdict.Allow(name));
        _any.Compare(name).ShouldBe(name);
    }

    [Theory]
    [InlineData("аlice")] // Cyrillic а
    [InlineData("аӏісе")] // all Cyrillic
    [InlineData("АӀІСЕ")] // all Cyrillic, capitals
    [InlineData("ВОВ")] // Cyrillic; the small letters do not look alike
    [InlineData("αlice")] // Greek α
    [InlineData("аӏісе\u0301")] // all Cyrillic, with a mark
    [InlineData("аӏісе·")] // all Cyrillic, with punctuation
    [InlineData("\u3164")] // nothing that is visible
    [InlineData("ΑΒΕ")] // all Greek
    [InlineData("ɑlice")] // Latin alpha
    [InlineData("alıce")] // Latin, without its dot
    [InlineData("օօ")] // Armenian
    [InlineData("ᎪᏞᎥᏟᎬ")] // Cherokee
    [InlineData("иваn")] // Cyrillic and Latin
    [InlineData("σоня")] // Greek and Cyrillic
    [InlineData("שלוםم")] // Hebrew and Arabic
    public void Should_refuse_a_name_that_looks_like_another_one_when_names_are_safe(string name)
    {
        _safe.Check(name).IsAllowed.ShouldBeFalse();
        _any.Check(name).IsAllowed.ShouldBeTrue();
    }

    [Theory]
    [InlineData("Марина", "марина")]
    [InlineData("Σωκράτης", "σωκράτησ")]
    [InlineData("José", "josé")]
    [InlineData("Straße", "strasse")]
    [InlineData("田中tanaka", "田中tanaka")]
    [InlineData("たなかカナ", "たなかカナ")]
    [InlineData("김철수", "김철수")]
    [InlineData("שלום", "שלום")]
    [InlineData("bob_1-2", "bob_1-2")]
    [InlineData("🙂", "🙂")]
    public void Should_allow_a_name_in_the_script_of_its_language(string name, string compared) =>
        _safe.Check(name).ShouldBe(NameVerdict.Allow(compared));

    [Theory]
    [InlineData("pbm")]
    [InlineData("PBM")]
    [InlineData("system")]
    [InlineData("SYSTEM")]
    [InlineData("ｐｂｍ")]
    [InlineData("pbm\uFE0F")]
    [InlineData("p\u2800bm")]
    public void Should_refuse_a_reserved_name_in_any_case_and_under_both_policies(string name)
    {
        _any.Check(name).ShouldBe(NameVerdict.Refuse("this name is reserved"));
        _safe.Check(name).ShouldBe(NameVerdict.Refuse("this name is reserved"));
    }

    [Fact]
    public void Should_allow_every_name_that_is_not_reserved_when_any_name_is_allowed() =>
        Names.Sample(n => n is "pbm" || _any.Check(n).Compared == n);

    [Fact]
    public void Should_compare_names_the_same_way_however_often() => Names.Sample(n =>
    {
        var once = _safe.Compare(n);
        return _safe.Compare(once) == once && once.IsNormalized(NormalizationForm.FormKC) && once.IsNormalized(NormalizationForm.FormC);
    });

    [Fact]
    public void Should_compare_a_name_as_it_is_checked() =>
        Names.Sample(n => _safe.Check(n).Compared is not { } c || (c == _safe.Compare(n) && _safe.Check(c).IsAllowed));

    [Fact]
    public void Should_allow_no_name_but_ASCII_whose_letters_all_look_like_ASCII()
    {
        var lookalikes = UnicodeTable.Read("lookalikes.txt").Select(r => char.ConvertFromUtf32(r.CodePoint)).ToArray();
        lookalikes.Length.ShouldBeGreaterThan(300);
        Gen.Int[0, lookalikes.Length - 1].Select(i => lookalikes[i]).Array[1, 8].Sample(parts => !_safe.Check(string.Concat(parts).Normalize(NormalizationForm.FormC)).IsAllowed);
    }

    private static Gen<string> Names => Gen.Int[0x20, 0x2FFFF].Where(Rune.IsValid).Select(char.ConvertFromUtf32)
        .Array[1, 12].Select(parts => string.Concat(parts).Normalize(NormalizationForm.FormC));
}
