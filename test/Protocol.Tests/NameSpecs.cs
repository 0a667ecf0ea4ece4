using System.Text;
using CsCheck;

namespace ChatAkka.Protocol.Tests;

public class NameSpecs
{
    [Theory]
    [InlineData("alice")]
    [InlineData("爱丽丝")]
    [InlineData("a:b/c{d}")]
    [InlineData("😀")]
    public void Should_take_good_names(string name) => UserName.TryCreate(name)!.Text.ShouldBe(name);

    [Theory]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("a\u00a0b")]
    [InlineData("a\tb")]
    [InlineData("a\u0000")]
    [InlineData("a\u200bb")]
    [InlineData("a\u202eb")]
    [InlineData("a\ufffe")]
    [InlineData("\ufdd0")]
    [InlineData("\U0010ffff")]
    public void Should_refuse_white_space_control_and_invisible_characters(string name) => UserName.TryCreate(name).ShouldBeNull();

    [Theory]
    [InlineData("", "this one is empty")]
    [InlineData("a\ufffe", "character 2 is no character (U+FFFE)")]
    [InlineData("a b", "character 2 is white space (U+0020)")]
    [InlineData("a\tb", "character 2 is white space (U+0009)")]
    [InlineData("😀é\u00a0", "character 3 is white space (U+00A0)")]
    [InlineData("ab\u0007c d", "character 3 is a control character (U+0007)")]
    [InlineData("\u202eb", "character 1 is an invisible format character (U+202E)")]
    [InlineData("a\U000e0041", "character 2 is an invisible format character (U+E0041)")]
    public void Should_say_the_rule_and_the_first_character_that_breaks_it(string name, string fault)
    {
        UserName.Explain(name).ShouldBe($"{UserName.Rule}: {fault}");
        UserName.Explain(Encoding.UTF8.GetBytes(name)).ShouldBe($"{UserName.Rule}: {fault}");
    }

    [Fact]
    public void Should_say_that_half_a_surrogate_pair_breaks_the_rule() =>
        UserName.Explain("😀a" + '\ud800' + "b").ShouldEndWith(": character 3 is half of a surrogate pair");

    [Theory]
    [InlineData("x", 65)]
    [InlineData("😀", 65)]
    [InlineData("x", 5000)]
    [InlineData("e\u0301", 65)]
    public void Should_say_how_many_characters_there_are_where_there_are_too_many(string one, int count)
    {
        var name = string.Concat(Enumerable.Repeat(one, count));
        UserName.TryCreate(name).ShouldBeNull();
        UserName.Explain(name).ShouldBe($"{UserName.Rule}: this one has {count}");
    }

    [Fact]
    public void Should_explain_whatever_is_refused() => Gen.String.Where(t => UserName.TryCreate(t) is null).Sample(t =>
        UserName.Explain(t).ShouldMatch($"^{UserName.Rule}: (this one is empty|this one has [0-9]+|character [0-9]+ is .+)$"));

    [Fact]
    public void Should_refuse_half_a_surrogate_pair() => UserName.TryCreate("a" + '\ud800').ShouldBeNull();

    [Fact]
    public void Should_count_characters_not_units()
    {
        UserName.TryCreate(string.Concat(Enumerable.Repeat("😀", 64))).ShouldNotBeNull();
        UserName.TryCreate(string.Concat(Enumerable.Repeat("😀", 65))).ShouldBeNull();
    }

    [Fact]
    public void Should_bring_names_to_one_normal_form() =>
        UserName.TryCreate("e\u0301"u8)!.ShouldBe(UserName.TryCreate("é"));

    [Fact]
    public void Should_find_names_by_their_bytes()
    {
        var names = new Dictionary<UserName, int>(UserNameComparer.Instance) { [UserName.TryCreate("bob")!] = 7 };
        names.GetAlternateLookup<ReadOnlySpan<byte>>()[Encoding.UTF8.GetBytes("bob")].ShouldBe(7);
    }

    [Theory]
    [InlineData("host:4053#12")]
    [InlineData("10.0.0.1:1#-2147483648")]
    [InlineData("::1:4053#5")]
    [InlineData("host:1#9223372036854775807")]
    [InlineData("host:1#-9223372036854775808")]
    public void Should_read_back_a_node_id(string text) => NodeId.TryParse(text)!.ToString().ShouldBe(text);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("host:4053")]
    [InlineData("host#1")]
    [InlineData("host:x#1")]
    public void Should_refuse_what_is_no_node_id(string? text) => NodeId.TryParse(text).ShouldBeNull();

    [Fact]
    public void Should_take_another_incarnation_for_another_node() =>
        new NodeId("h", 1, 1).ShouldNotBe(new NodeId("h", 1, 2));
}
