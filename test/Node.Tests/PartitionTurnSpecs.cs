using System.Text;
using ChatAkka.Node.Mailboxes;
using ChatAkka.Protocol;
using ChatAkka.Protocol.Internode;
using ChatAkka.Protocol.Mailboxes;
using CsCheck;
using static ChatAkka.Node.Tests.MailboxData;

namespace ChatAkka.Node.Tests;

public class PartitionTurnSpecs
{
    private static readonly MailboxAnswer.Stored s_refused = new(299, [new LinkFailure(1, ErrorCode.MailboxFull)]);

    /// <summary>Bytes in the journal. A change is a new manifest, never a new value here.</summary>
    [Fact]
    public void Should_keep_the_bytes_of_an_event()
    {
        Convert.ToHexString(Full().Encode()).ShouldBe(
            "00E803000000000000AC02" + "01" + "01610101AC0202" + "0200" + "01010116" + "02" + "03626F6202" + "020102" + "0103" + "056361726F6C01" + "00"
            + "0103626F62AC02" + "010464617665" + "05020405" + "0103657665" + "060106" + "0109");
        Convert.ToHexString(new PartitionTurn(1000, 300) { IsOpening = true }.Encode()).ShouldBe("01E803000000000000AC02" + "000000000000");
        Convert.ToHexString(new PartitionTurn(1000, 300) { FinishesImport = true }.Encode()).ShouldBe("02E803000000000000AC02" + "000000000000");
    }

    [Fact]
    public void Should_read_every_part_of_an_event()
    {
        var bytes = Full().Encode();
        Read(bytes).ShouldBe(
        [
            "turn 1000 300 False False",
            "origin a:1#1 taken 300 refused 298[] 299[1=MailboxFull]",
            "stored bob 301 0102", "stored bob 302 03", "stored carol 303 ",
            "done bob 300",
            "moved dave 5 0405",
            "imported eve 6 06",
            "lost 9",
        ]);
        Read(new PartitionTurn(1, 2) { IsOpening = true, FinishesImport = true }.Encode()).ShouldBe(["turn 1 2 True True"]);
    }

    [Fact]
    public void Should_read_what_it_wrote_whatever_that_is() =>
        Gen.Select(
            Gen.Select(Gen.String, Gen.Byte.Array[0, 200].Array[1, 4]).Array[0, 5],
            Gen.Select(Gen.String, Gen.Long[0, long.MaxValue]).Array[0, 5],
            Gen.Select(Gen.String, Gen.Long[0, long.MaxValue], Gen.Byte.Array[0, 200]).Array[0, 5],
            Gen.Long[0, long.MaxValue].Array[0, 5],
            Gen.Select(Gen.Long, Gen.Long[0, 1L << 60], Gen.Bool, Gen.Bool)).Sample((stored, done, moved, lost, head) =>
            {
                var (time, last, isOpening, finishes) = head;
                var turn = new PartitionTurn(time, last) { IsOpening = isOpening, FinishesImport = finishes };
                List<string> expected = [$"turn {time} {last} {isOpening} {finishes}"];
                foreach (var (user, entries) in stored)
                {
                    foreach (var entry in entries)
                        turn.Store(user, entry, default(ChatFacts));
                    expected.AddRange(entries.Select(e => $"stored {user} {++last} {Convert.ToHexString(e)}"));
                }

                foreach (var (user, upTo) in done)
                {
                    turn.Finish(user, upTo);
                    expected.Add($"done {user} {upTo}");
                }

                foreach (var (user, number, entry) in moved)
                {
                    turn.Move(user, number, entry);
                    expected.Add($"moved {user} {number} {Convert.ToHexString(entry)}");
                }

                foreach (var (user, number, entry) in moved)
                {
                    turn.Import(user, number, entry);
                    expected.Add($"imported {user} {number} {Convert.ToHexString(entry)}");
                }

                foreach (var number in lost.Distinct())
                {
                    turn.Lose(number);
                    expected.Add($"lost {number}");
                }

                foreach (var number in lost.Distinct().Where(n => n > 0))
                {
                    turn.ImportId(new FormerId(64 + (int)(number % 64), (UInt128)number, number));
                    expected.Add($"id {64 + (int)(number % 64)} {(UInt128)number:X} {number}");
                }

                Read(turn.Encode()).ShouldBe(expected);
                turn.Bytes.ShouldBe(stored.Sum(s => s.Item2.Sum(e => e.Length)) + (2 * moved.Sum(m => m.Item3.Length)));
            });

    /// <summary>Events of earlier versions are read for ever, so these bytes can never change.</summary>
    [Fact]
    public void Should_keep_the_layout_of_ids_of_the_former_form()
    {
        var turn = new PartitionTurn(1000, 1);
        turn.ImportId(new FormerId(64, ((UInt128)1 << 64) + 2, 3));
        turn.ImportId(new FormerId(127, UInt128.MaxValue, 1000));
        var bytes = turn.Encode();
        Convert.ToHexString(bytes).ShouldBe(
            "04E80300000000000001" + "000000000000" + "02" + "40010000000000000002000000000000000300000000000000"
            + "7F" + new string('F', 32) + "E803000000000000");
        Read(bytes).ShouldBe(["turn 1000 1 False False", "id 64 10000000000000002 3", $"id 127 {new string('F', 32)} 1000"]);
    }

    /// <summary>A damaged event must not stop a partition: whatever is damaged, recovery is told of it in the one way that it expects.</summary>
    [Fact]
    public void Should_throw_nothing_but_FormatException_when_any_byte_is_damaged()
    {
        var state = new PartitionState(Settings);
        var turn = new PartitionTurn(1000, 0);
        DepositDecision.Decide(state, turn, NodeA, Deposit(1, "bob", "a", "b?"), true);
        turn.Take(NodeA, Deposits(), isRefused: true);
        turn.Finish("bob", 2);
        turn.Move("carol", 1, Entry("c", "carol"));
        turn.Import("dave", 3, Entry("d", "dave"));
        turn.Lose(1);
        turn.ImportId(new FormerId(70, 5, 6));
        var whole = turn.Encode();
        var first = new PartitionTurn(1000, 0);
        first.Store("carol", [Entry("c", "carol")]);
        var before = first.Encode();
        for (var at = 0; at < whole.Length; at++)
        {
            for (var value = 0; value < 256; value++)
                Apply(before, whole, at, (byte)value, whole.Length);
            Apply(before, whole, at, whole[at], at);
        }

        Gen.Byte.Array[0, 60].Sample(bytes => Apply(before, bytes, -1, 0, bytes.Length));
    }

    [Theory]
    [InlineData("00E803000000000000AC02" + "01" + "0161" + "FFFFFFFF7F" + "01" + "0000")]
    [InlineData("00E803000000000000AC02" + "FFFFFFFFFFFFFFFFFF01")]
    [InlineData("00E803000000000000AC02" + "7F")]
    public void Should_refuse_numbers_that_are_out_of_range(string hex) =>
        Should.Throw<FormatException>(() => PartitionTurn.Read(Convert.FromHexString(hex), new Recorder([])));

    [Fact]
    public void Should_be_empty_only_when_nothing_has_to_be_written()
    {
        new PartitionTurn(1, 1).IsEmpty.ShouldBeTrue();
        new PartitionTurn(1, 1) { IsOpening = true }.IsEmpty.ShouldBeFalse();
        new PartitionTurn(1, 1) { FinishesImport = true }.IsEmpty.ShouldBeFalse();
        With(t => t.Finish("bob", 1)).IsEmpty.ShouldBeFalse();
        With(t => t.Lose(1)).IsEmpty.ShouldBeFalse();
        With(t => t.Take(NodeA, new OriginDeposits(), isRefused: true)).IsEmpty.ShouldBeFalse();
        With(t => t.Take(NodeA, new OriginDeposits(), isRefused: false)).IsEmpty.ShouldBeTrue();
        With(t => t.Store("bob", [])).IsEmpty.ShouldBeTrue();
        With(t => t.Store("bob", [new byte[1]])).IsEmpty.ShouldBeFalse();
        With(t => t.Move("bob", 1, new byte[1])).IsEmpty.ShouldBeFalse();
        With(t => t.Import("bob", 1, new byte[1])).IsEmpty.ShouldBeFalse();
        With(t => t.ImportId(new FormerId(64, 1, 1))).IsEmpty.ShouldBeFalse();
    }

    [Fact]
    public void Should_say_how_much_it_stores_for_each_user()
    {
        var turn = new PartitionTurn(1, 1);
        turn.Store("bob", [new byte[3], new byte[4]]);
        turn.Store("bob", [new byte[5]]);
        turn.StoresFor("bob").ShouldBe((3, 12));
        turn.StoresFor("carol").ShouldBe((0, 0));
        turn.StoredFor.Distinct().ShouldBe(["bob"]);
        turn.Stored.ShouldBe(3);
        turn.Store("bob", new byte[1], new ChatFacts(0, 0, 7));
        turn.Knows(7).ShouldBeTrue();
        turn.Knows(8).ShouldBeFalse();
    }

    [Fact]
    public void Should_have_a_serializer_that_leaves_the_bytes_as_they_are()
    {
        var serializer = new PartitionEventSerializer(null!);
        var bytes = Full().Encode();
        serializer.Identifier.ShouldBe(7412);
        serializer.Manifest(new PartitionEvent(bytes)).ShouldBe("pt1");
        serializer.ToBinary(new PartitionEvent(bytes)).ShouldBeSameAs(bytes);
        serializer.FromBinary(bytes, "pt1").ShouldBeOfType<PartitionEvent>().Bytes.ShouldBeSameAs(bytes);
        Should.Throw<System.Runtime.Serialization.SerializationException>(() => serializer.FromBinary(bytes, "pt2"));
        Should.Throw<ArgumentException>(() => serializer.Manifest("garbage"));
    }

    private static PartitionTurn With(Action<PartitionTurn> change)
    {
        var turn = new PartitionTurn(1, 1);
        change(turn);
        return turn;
    }

    private static OriginDeposits Deposits()
    {
        var deposits = new OriginDeposits();
        deposits.Take(298, new MailboxAnswer.Later(298));
        deposits.Take(299, s_refused);
        deposits.Take(300, new MailboxAnswer.Stored(300, []));
        return deposits;
    }

    private static PartitionTurn Full()
    {
        var turn = new PartitionTurn(1000, 300);
        turn.Take(NodeA, Deposits(), isRefused: true);
        turn.Store("bob", [new byte[] { 1, 2 }, new byte[] { 3 }]);
        turn.Store("carol", [Array.Empty<byte>()]);
        turn.Finish("bob", 300);
        turn.Move("dave", 5, new byte[] { 4, 5 });
        turn.Import("eve", 6, new byte[] { 6 });
        turn.Lose(9);
        return turn;
    }

    private static List<string> Read(byte[] bytes)
    {
        var recorder = new Recorder(bytes);
        PartitionTurn.Read(bytes, recorder);
        return recorder.Parts;
    }

    private static void Apply(byte[] before, byte[] bytes, int at, byte value, int length)
    {
        var damaged = bytes[..length];
        if (at >= 0 && at < length)
            damaged[at] = value;
        var state = new PartitionState(Settings);
        state.Apply(1, before);
        try
        {
            state.Apply(2, damaged);
        }
        catch (FormatException)
        {
            // What recovery is prepared for.
        }

        // Compaction reads it again.
        PartitionRewrite.Add(state, new PartitionTurn(1, 1), 2, damaged);
    }

    private sealed class Recorder(byte[] bytes) : IPartitionTurnVisitor
    {
        private string _user = "";

        public List<string> Parts { get; } = [];

        public void OnTurn(long time, long last, bool isOpening, bool finishesImport) => Parts.Add($"turn {time} {last} {isOpening} {finishesImport}");

        public void OnOrigin(NodeId node, long taken, IReadOnlyList<(long Number, IReadOnlyList<LinkFailure> Failures)> refused) => Parts.Add(
            $"origin {node.Host}:{node.Port}#{node.Uid} taken {taken} refused "
            + string.Join(' ', refused.Select(r => $"{r.Number}[{string.Join(',', r.Failures.Select(f => $"{f.Number}={f.Code}"))}]")));

        public void OnStoredFor(ReadOnlySpan<byte> user) => _user = Encoding.UTF8.GetString(user);

        public void OnStored(long number, int offset, int length) => Parts.Add($"stored {_user} {number} {Hex(offset, length)}");

        public void OnDone(string user, long upTo) => Parts.Add($"done {user} {upTo}");

        public void OnMoved(string user, long number, int offset, int length) => Parts.Add($"moved {user} {number} {Hex(offset, length)}");

        public void OnImported(string user, long number, int offset, int length) => Parts.Add($"imported {user} {number} {Hex(offset, length)}");

        public void OnLost(long sequenceNr) => Parts.Add($"lost {sequenceNr}");

        public void OnFormerId(FormerId id) => Parts.Add($"id {id.Group} {id.Key:X} {id.Time}");

        private string Hex(int offset, int length) => Convert.ToHexString(bytes.AsSpan(offset, length));
    }
}
