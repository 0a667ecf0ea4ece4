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
    [InlineData("\n\r\n\na\n")]
    public void Should_end_lines_at_LF_and_CRLF_and_drop_empty_ones(string stream, params string[] lines) =>
        Lines(Encoding.UTF8.GetBytes(stream), [100]).ShouldBe(lines.Length == 0 ? ["a"] : lines);

    [Fact]
    public void Should_report_a_line_that_is_too_long_once_and_go_on_behind_it()
    {
        var stream = Encoding.UTF8.GetBytes(new string('x', MaxLine) + "\r\n" + new string('y', MaxLine + 1) + "\nok\n");
        Lines(stream, [7]).ShouldBe([new string('x', MaxLine), "<too long>", "ok"]);
    }

    [Fact]
    public void Should_report_a_line_without_end_as_soon_as_it_is_too_long() =>
        Lines(Encoding.UTF8.GetBytes(new string('x', MaxLine * 100)), [10]).ShouldBe(["<too long>"]);

    [Fact]
    public void Should_skip_telnet_options_and_keep_what_is_between_them() =>
        Lines([255, 253, 1, (byte)'h', 255, 250, 31, 0, 80, 0, 24, 255, 240, (byte)'i', 13, 10], [3]).ShouldBe(["hi"]);

    [Fact]
    public void Should_not_swallow_everything_after_a_subnegotiation_that_never_ends()
    {
        byte[] stream = [255, 250, .. new byte[TelnetFilter.MaxSubnegotiation + 1], .. "\nping\n"u8];
        Lines(stream, [1000]).ShouldContain("ping");
    }

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
            framer.Feed(stream.AsSpan(at, size), batch);
            at += size;
            for (var n = 0; n < batch.Count; n++)
                lines.Add(batch.IsTooLong(n) ? "<too long>" : Encoding.Latin1.GetString(batch[n]));
        }

        return lines;
    }
}
