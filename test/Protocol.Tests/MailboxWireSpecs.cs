using Akka.Actor;
using Akka.TestKit.Xunit2;
using ChatAkka.Protocol.Internode;
using ChatAkka.Protocol.Mailboxes;
using CsCheck;

namespace ChatAkka.Protocol.Tests;

/// <summary>What passes between nodes and the owners of mailboxes. The golden bytes are in <see cref="InternodeSpecs"/>.</summary>
public class MailboxWireSpecs : TestKit
{
    private static readonly ReaderId s_reader = new(new NodeId("b", 80, 7), 9);

    private static readonly PartitionBatch s_batch = new(3, s_reader.Node, 300, 5,
    [
        new MailboxMessage.Store("bob", 300, 1, s_reader, true, new byte[] { 7 }),
        new MailboxMessage.Pull("carol", s_reader, 6, true, 3, 200, 199, 61440),
        new MailboxMessage.Leave("dave", s_reader, 6, 200),
    ]);

    private static readonly PartitionAnswer s_answers = new(3, 300, 0,
    [
        new MailboxAnswer.Stored(300, [new LinkFailure(2, ErrorCode.MailboxFull), new LinkFailure(5, ErrorCode.MailboxUnavailable)]),
        new MailboxAnswer.Online(301, s_reader),
        new MailboxAnswer.Later(5),
        new MailboxAnswer.Chunk(9, 3, 200, true, new byte[] { 7, 8 }),
        new MailboxAnswer.Left(9, 200),
        new MailboxAnswer.AllStored(300, 20),
    ]);

    private readonly InternodeSerializer _serializer;

    public MailboxWireSpecs()
        : base("akka.loglevel = WARNING") => _serializer = new InternodeSerializer((ExtendedActorSystem)Sys);

    public static TheoryData<string> Manifests => ["mpb1", "mpa1", "mnu1", "mlk1", "mdp1"];

    [Theory]
    [MemberData(nameof(Manifests))]
    public void Should_throw_nothing_but_FormatException_for_bytes_that_are_cut_or_mixed_up(string manifest)
    {
        var whole = _serializer.ToBinary(Sample(manifest));
        for (var at = 0; at < whole.Length; at++)
        {
            Read(whole[..at], manifest);
            for (var value = 0; value < 256; value++)
            {
                var damaged = whole.ToArray();
                damaged[at] = (byte)value;
                Read(damaged, manifest);
            }
        }

        Gen.Byte.Array[0, 60].Sample(bytes => Read(bytes, manifest));
    }

    [Theory]
    [InlineData("mpb1", "FFFFFFFF7F" + "01625007" + "00" + "00" + "00")]
    [InlineData("mpb1", "03" + "0162" + "FFFFFFFF7F" + "07" + "00" + "00" + "00")]
    [InlineData("mpb1", "03" + "01625007" + "00" + "00" + "7F")]
    [InlineData("mpb1", "03" + "01625007" + "00" + "00" + "01" + "09" + "03626F62")]
    [InlineData("mpb1", "03" + "01625007" + "00" + "00" + "01" + "02" + "03626F62" + "0162500709" + "06" + "01" + "03" + "00" + "00" + "FFFFFFFF7F")]
    [InlineData("mpa1", "FFFFFFFF7F" + "00" + "00" + "00")]
    [InlineData("mpa1", "03" + "00" + "00" + "7F")]
    [InlineData("mpa1", "03" + "00" + "00" + "01" + "06")]
    [InlineData("mpa1", "03" + "00" + "00" + "01" + "01" + "05" + "09")]
    public void Should_refuse_what_is_out_of_range_or_unknown(string manifest, string hex) =>
        Should.Throw<FormatException>(() => _serializer.FromBinary(Convert.FromHexString(hex), manifest));

    [Fact]
    public void Should_read_an_unknown_error_as_an_internal_one() => ((PartitionAnswer)_serializer.FromBinary(Convert.FromHexString("0300000101050102FE"), "mpa1"))
        .Answers.ShouldHaveSingleItem().ShouldBeOfType<MailboxAnswer.Stored>().Failures.ShouldBe([new LinkFailure(2, ErrorCode.Internal)]);

    [Fact]
    public void Should_tell_a_term_without_deposits_from_no_term()
    {
        Again(s_answers).Taken.ShouldBe(0);
        Again(s_answers with { Taken = null }).Taken.ShouldBeNull();
        Again(s_answers with { Taken = 300 }).Taken.ShouldBe(300);
    }

    [Fact]
    public void Should_read_back_what_it_wrote_whatever_the_numbers_are() =>
        Gen.Select(Gen.Long[0, long.MaxValue], Gen.Long[0, long.MaxValue], Gen.Int[0, int.MaxValue], Gen.String, Gen.Byte.Array[0, 100], Gen.Bool).Sample((a, b, c, user, bytes, flag) =>
        {
            var reader = s_reader with { Connection = a };
            MailboxMessage[] messages =
            [
                new MailboxMessage.Store(user, a, Math.Min(c, 5), flag ? reader : null, flag, bytes),
                new MailboxMessage.Pull(user, reader, b, flag, a, b, a, c),
                new MailboxMessage.Leave(user, reader, a, b),
            ];
            var batch = Again(new PartitionBatch(c, reader.Node, a, b, messages));
            (batch.Partition, batch.Origin, batch.Term, batch.Settled).ShouldBe((c, reader.Node, a, b));
            batch.Messages.Skip(1).ShouldBe(messages.Skip(1));
            var store = batch.Messages[0].ShouldBeOfType<MailboxMessage.Store>();
            (store with { Entries = default }).ShouldBe((MailboxMessage.Store)messages[0] with { Entries = default });
            store.Entries.ToArray().ShouldBe(bytes);
            MailboxAnswer[] answers = [new MailboxAnswer.Online(a, reader), new MailboxAnswer.Later(b), new MailboxAnswer.Left(a, b), new MailboxAnswer.AllStored(a, c)];
            Again(new PartitionAnswer(c, a, null, answers)).Answers.ShouldBe(answers);
            var chunk = Again(new PartitionAnswer(c, a, null, [new MailboxAnswer.Chunk(a, b, a, flag, bytes)])).Answers[0].ShouldBeOfType<MailboxAnswer.Chunk>();
            (chunk.Connection, chunk.Number, chunk.Waiting, chunk.IsDrained).ShouldBe((a, b, a, flag));
            chunk.Messages.ToArray().ShouldBe(bytes);
        });

    [Fact]
    public void Should_keep_the_bytes_of_messages_in_a_chunk()
    {
        var space = new byte[2 * (3 + NumberedEntryReader.MaxOverhead)];
        var length = NumberedEntryReader.Write(space, 0, 300, [1, 2, 3]);
        length += NumberedEntryReader.Write(space.AsSpan(length), 300, 302, []);
        Convert.ToHexString(space[..length]).ShouldBe("AC0203010203" + "0200");
        var reader = new NumberedEntryReader(space.AsSpan(0, length));
        reader.TryRead(out var number, out var entry).ShouldBeTrue();
        (number, Convert.ToHexString(entry)).ShouldBe((300, "010203"));
        reader.TryRead(out number, out entry).ShouldBeTrue();
        (number, entry.Length).ShouldBe((302, 0));
        reader.TryRead(out _, out _).ShouldBeFalse();
        NumberedEntryReader.Write(new byte[NumberedEntryReader.MaxOverhead], 0, long.MaxValue, []).ShouldBeLessThanOrEqualTo(NumberedEntryReader.MaxOverhead);
    }

    private static InternodeMessage Sample(string manifest) => manifest switch
    {
        "mpb1" => s_batch,
        "mpa1" => s_answers,
        "mnu1" => new MailboxNudge("bob", 9),
        "mlk1" => new MailboxQuestion("bob"),
        _ => new MailboxDepth(300, 5, 301, s_reader),
    };

    private T Again<T>(T message)
        where T : InternodeMessage => (T)_serializer.FromBinary(_serializer.ToBinary(message), _serializer.Manifest(message));

    private void Read(byte[] bytes, string manifest)
    {
        try
        {
            _serializer.FromBinary(bytes, manifest);
        }
        catch (FormatException)
        {
            // What a receiver is prepared for.
        }
    }
}
