using System.Text;
using ChatAkka.Protocol.Client;
using CsCheck;

namespace ChatAkka.Protocol.Tests;

public class LineFramerSpecs
{
    private const int MaxLine = 64;

    private static readonly Gen<byte[]> s_stream = Gen.OneOf(
        Gen.String[Gen.Char["abc {}\"é"], 0, 20].Select(Encoding.UTF8.GetBytes),
        Gen.Const("\n"u8.ToArray()),
        Gen.Const("\r\n"u8.ToArray()),
        Gen.Const("\r"u8.ToArray()),
        Gen.Const("\r\0"u8.ToArray()),
        Gen.Const("\0"u8.ToArray()),
        Gen.Const("\b"u8.ToArray()),
        Gen.Const(new byte[] { 0x7F, 0x7F }),
        Gen.Const(new byte[] { 255, 251, 1 }),
        Gen.Const(new byte[] { 255, 250, 24, 1, 255, 255, 10, 255, 240 }),
        Gen.Const(new byte[] { 255, 244 }),
        Gen.Const(new byte[] { 255, 255 }),
        Gen.Int[60, 70].Select(n => new byte[n]))
        .Array[0, 12].Select(parts => parts.SelectMany(p => p).ToArray());

    [Fact]
    public void Should_give_the_same_lines_wherever_the_stream_is_cut() =>
        Gen.Select(s_stream, Gen.Int[1, 9].Array[1, 40]).Sample((stream, cuts) =>
            Lines(stream, cuts).ShouldBe(Lines(stream, [stream.Length + 1])));

    [Fact]
    public void Should_give_the_same_lines_for_a_cut_at_every_byte()
    {
        var stream = "{\"cmd\":\"ping\"}\r\nwho bob\n\n\xFF"u8.ToArray();
        var whole = Lines(stream, [stream.Length]);
        for (var cut = 1; cut < stream.Length; cut++)
            Lines(stream, [cut, stream.Length - cut]).ShouldBe(whole);
        whole.ShouldBe(["{\"cmd\":\"ping\"}", "who bob"]);
    }

    [Theory]
    [InlineData("a\nb\n", "a", "b")]
    [InlineData("a\r\nb\r\n", "a", "b")]
    [InlineData("a\r\0b\r\0", "a", "b")]
    [InlineData("a\r\0\nb\n\r\0c\r\n", "a", "b", "c")]
    [InlineData("a\0\r\rb\0\n", "a\0\r\rb\0")]
    [InlineData("a\n\n\r\n\r\0\nb\n", "a", "b")]
    [InlineData("\n\r\n\na\n", "", "a")]
    [InlineData("\r\0\r\0a\n", "", "a")]
    [InlineData("\b\n\na\n", "", "a")]
    public void Should_end_lines_at_LF_CRLF_and_CR_NUL_and_drop_empty_ones_but_the_first(string stream, params string[] lines)
    {
        foreach (var cut in new[] { 1, 2, 3, 100 })
            Lines(Encoding.UTF8.GetBytes(stream), [cut]).ShouldBe(lines);
    }

    [Fact]
    public void Should_report_a_line_that_is_too_long_once_and_go_on_behind_it()
    {
        var stream = Encoding.UTF8.GetBytes(new string('x', MaxLine) + "\r\n" + new string('y', MaxLine + 1) + "\nok\n");
        Lines(stream, [7]).ShouldBe([new string('x', MaxLine), "<too long>", "ok"]);
    }

    [Fact]
    public void Should_drop_an_empty_line_behind_a_first_one_that_is_too_long()
    {
        foreach (var cut in new[] { 7, 1000 })
            Lines(Encoding.UTF8.GetBytes(new string('y', MaxLine + 1) + "\n\nok\n"), [cut]).ShouldBe(["<too long>", "ok"]);
    }

    [Fact]
    public void Should_go_on_behind_a_CR_NUL_that_ends_a_line_that_is_too_long()
    {
        var stream = Encoding.UTF8.GetBytes(new string('y', MaxLine + 1) + "\0y\r\0ok\r\0" + new string('x', MaxLine) + "\r\0");
        for (var cut = 1; cut <= stream.Length; cut++)
            Lines(stream, [cut]).ShouldBe(["<too long>", "ok", new string('x', MaxLine)]);
    }

    [Theory]
    [InlineData("helo\bp\n", "help")]
    [InlineData("\b\u007fping\n", "ping")]
    [InlineData("cha\u007f\u007f\u007f\u007f\b\r\0who x\r\0", "", "who x")]
    [InlineData("chat bob é😀\b\u007f!\n", "chat bob !")]
    [InlineData("wh\e[Do\e[1;5C b\e[3~ob\eOH\e[[A\ef\n", "who bob")]
    [InlineData("\e[Aping\e\n", "ping")]
    [InlineData("pi\e\e[Bng\e[\n", "ping")]
    [InlineData("pi\e[@ng\e[1;2~\n", "ping")]
    [InlineData("pix\e[C\b\e\u007fing\e[200~\b\bng\n", "ping")]
    [InlineData("chat bob \e[é\eü\e[1;\u007f!\n", "chat bob é!")]
    [InlineData("{\"cmd\":\"\e[A\"}\n", "{\"cmd\":\"\e[A\"}")]
    [InlineData("{\"cmd\":\"a\u007fb\b\"}\n", "{\"cmd\":\"a\u007fb\b\"}")]
    public void Should_do_what_keys_ask_for_in_a_typed_line(string stream, params string[] lines)
    {
        foreach (var cut in new[] { 1, 2, 3, 100 })
            Text(Encoding.UTF8.GetBytes(stream), [cut]).ShouldBe(lines);
    }

    [Fact]
    public void Should_leave_of_any_typed_line_what_an_editor_would() =>
        Gen.Select(Gen.OneOf("a", "{", "ß", "€", "😀", "\b", "\u007f", "\e[A", "\eOB", "\e[3~", "\e[1;2D", "\e[[E", "\eb").Array[0, MaxLine / 6], Gen.Int[1, 9].Array[1, 40]).Sample((keys, cuts) =>
        {
            var left = new List<string>();
            var isJson = keys.Length > 0 && keys[0] == "{";
            foreach (var key in keys)
            {
                if (isJson || (key is not ("\b" or "\u007f") && key[0] != '\e'))
                    left.Add(key);
                else if (key[0] == '\e')
                    continue;
                else if (left.Count > 0)
                    left.RemoveAt(left.Count - 1);
            }

            Text(Encoding.UTF8.GetBytes(string.Concat(keys) + "\n"), cuts).ShouldBe([string.Concat(left)]);
        });

    [Fact]
    public void Should_never_fail_at_a_line_that_is_no_text_and_erase_less_than_a_whole_character_of_it()
    {
        Lines([(byte)'a', 0x80, 0x7F, (byte)'b', 10], [9]).ShouldBe(["ab"]);
        Lines([(byte)'a', 0xF0, 0x9F, 0x98, 0x08, (byte)'b', 10], [9]).ShouldBe(["ab"]);
    }

    [Fact]
    public void Should_report_a_line_without_end_as_soon_as_it_is_too_long()
    {
        Lines(Encoding.UTF8.GetBytes(new string('x', MaxLine * 100)), [10]).ShouldBe(["<too long>"]);
        Lines(Encoding.UTF8.GetBytes(new string('x', MaxLine + 1)), [10]).ShouldBe(["<too long>"]);
        Lines(Encoding.UTF8.GetBytes(new string('x', MaxLine) + "\r"), [10]).ShouldBeEmpty();
    }

    [Fact]
    public void Should_skip_telnet_options_and_keep_what_is_between_them() =>
        Lines([255, 253, 1, (byte)'h', 255, 250, 31, 0, 80, 0, 24, 255, 240, (byte)'i', 13, 10], [3]).ShouldBe(["hi"]);

    [Fact]
    public void Should_not_swallow_everything_after_a_subnegotiation_that_never_ends()
    {
        byte[] stream = [255, 250, .. new byte[TelnetFilter.MaxSubnegotiation + 1], .. "\nping\n"u8];
        Lines(stream, [1000]).ShouldContain("ping");
    }

    private static IEnumerable<string> Text(byte[] stream, int[] cuts) =>
        Lines(stream, cuts).Select(l => Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(l)));

    private static List<string> Lines(byte[] stream, int[] cuts)
    {
        var framer = new LineFramer(MaxLine);
        var lines = new List<string>();
        var batch = new LineBatch();
        var at = 0;
        for (var i = 0; at < stream.Length; i++)
        {
            var size = Math.Min(cuts[i % cuts.Length], stream.Length - at);
            batch.Clear();
            framer.Feed(stream.AsSpan(at, size), batch, new Utf8Buffer());
            at += size;
            for (var n = 0; n < batch.Count; n++)
                lines.Add(batch.IsTooLong(n) ? "<too long>" : Encoding.Latin1.GetString(batch[n]));
        }

        return lines;
    }
}
