using ChatAkka.Protocol.Client;
using CsCheck;

namespace ChatAkka.Protocol.Tests;

public class TelnetFilterSpecs
{
    private const byte Iac = 255;
    private const byte Will = 251;
    private const byte Wont = 252;
    private const byte Do = 253;
    private const byte Dont = 254;

    /// <summary>A piece of what a telnet client sends, with what is data in it and what it is answered with.</summary>
    private static readonly Gen<(byte[] Sent, byte[] Data, byte[] Answer)> s_piece = Gen.OneOf(
        Gen.Byte[0, 254].Array[0, 8].Select(text => (text, text, Array.Empty<byte>())),
        Gen.Byte.Select(option => (new byte[] { Iac, Do, option }, Array.Empty<byte>(), new byte[] { Iac, Wont, option })),
        Gen.Byte.Select(option => (new byte[] { Iac, Will, option }, Array.Empty<byte>(), new byte[] { Iac, Dont, option })),
        Gen.Select(Gen.OneOf(Wont, Dont), Gen.Byte).Select((verb, option) => (new byte[] { Iac, verb, option }, Array.Empty<byte>(), Array.Empty<byte>())),
        Gen.Byte[241, 249].Select(command => (new byte[] { Iac, command }, Array.Empty<byte>(), Array.Empty<byte>())),
        Gen.Const((new byte[] { Iac, Iac }, new byte[] { Iac }, Array.Empty<byte>())),
        Gen.Byte.Array[0, 20].Select(inside => (Subnegotiation(inside), Array.Empty<byte>(), Array.Empty<byte>())));

    [Fact]
    public void Should_refuse_each_option_once_and_keep_the_data_wherever_the_stream_is_cut() =>
        Gen.Select(s_piece.Array[0, 20], Gen.Int[1, 7].Array[1, 30]).Sample((pieces, cuts) =>
        {
            var (data, answers) = Run(pieces.SelectMany(p => p.Sent).ToArray(), cuts);
            data.ShouldBe(pieces.SelectMany(p => p.Data));
            answers.ShouldBe(pieces.SelectMany(p => p.Answer));
        });

    [Fact]
    public void Should_answer_the_timing_mark_of_an_interrupt_for_a_cut_at_every_byte()
    {
        byte[] stream = [(byte)'a', Iac, 244, Iac, Do, 6, (byte)'b'];
        for (var cut = 1; cut <= stream.Length; cut++)
        {
            var (data, answers) = Run(stream, [cut]);
            data.ShouldBe("ab"u8.ToArray());
            answers.ShouldBe([Iac, Wont, 6]);
        }
    }

    [Fact]
    public void Should_have_no_answer_to_its_own_answers_and_none_longer_than_what_it_answers() => Gen.Byte[250, 255].Array[0, 300].Sample(stream =>
    {
        var (_, answers) = Run(stream, [100]);
        answers.Length.ShouldBeLessThanOrEqualTo(stream.Length);
        Run(answers, [100]).Answers.ShouldBeEmpty();
    });

    [Fact]
    public void Should_not_answer_the_echo_that_it_offers_itself()
    {
        var (filter, answers, data) = (new TelnetFilter(offersEcho: true), new Utf8Buffer(), new byte[16]);
        filter.Filter([Iac, Do, 1, Iac, Dont, 1, Iac, Do, 3, Iac, Will, 1], data, answers).ShouldBe(0);
        answers.Written.ToArray().ShouldBe([Iac, Wont, 3, Iac, Dont, 1]);
    }

    private static byte[] Subnegotiation(byte[] inside) =>
        [Iac, 250, .. inside.SelectMany(b => b == Iac ? [Iac, Iac] : new[] { b }), Iac, 240];

    private static (byte[] Data, byte[] Answers) Run(byte[] stream, int[] cuts)
    {
        var filter = new TelnetFilter();
        var answers = new Utf8Buffer();
        var data = new List<byte>();
        for (int at = 0, i = 0; at < stream.Length; i++)
        {
            var size = Math.Min(cuts[i % cuts.Length], stream.Length - at);
            var room = new byte[size];
            data.AddRange(room[..filter.Filter(stream.AsSpan(at, size), room, answers)]);
            at += size;
        }

        return ([.. data], answers.Written.ToArray());
    }
}
