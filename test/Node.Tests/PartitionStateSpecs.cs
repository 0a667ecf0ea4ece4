using ChatAkka.Node.Mailboxes;
using ChatAkka.Protocol;
using ChatAkka.Protocol.Mailboxes;
using CsCheck;
using static ChatAkka.Node.Tests.MailboxData;

namespace ChatAkka.Node.Tests;

/// <summary>The index of a partition, its snapshot, and messages that are written again.</summary>
public class PartitionStateSpecs
{
    /// <summary>Whatever happened: the events alone, and a snapshot with the events after it, give the same index.</summary>
    [Fact]
    public void Should_be_the_same_when_the_turn_is_known_and_when_only_its_bytes_are()
    {
        byte[] Applied(bool isKnown)
        {
            var state = new PartitionState(Settings);
            var turn = new PartitionTurn(1000, 0);
            DepositDecision.Decide(state, turn, NodeA, Deposit(1, "bob", Entry("a"), Entry("b?", sender: "dave", time: 99_000)), true);
            DepositDecision.Decide(state, turn, NodeA, Deposit(2, "carol", Entry("c", "carol", "eve")), true);
            DepositDecision.Decide(state, turn, NodeB, Deposit(1, "bob", Entry("d", "bob", "frank")), true);
            state.Apply(1, turn.Encode(), isKnown ? turn : null);
            return PartitionSnapshot.ToBytes(state);
        }

        Applied(isKnown: true).ShouldBe(Applied(isKnown: false));
    }

    [Fact]
    public void Should_be_the_same_when_it_is_recovered_from_events_or_a_snapshot() =>
        Gen.Select(Gen.Int[0, 9], Gen.Int[0, 2], Gen.Int[0, 20]).Array[1, 60].Sample(steps =>
        {
            var (state, events) = (new PartitionState(Settings), new List<byte[]>());
            (byte[] Bytes, int Events)? snapshot = null;
            var next = new Dictionary<NodeId, long>();
            foreach (var (op, who, a) in steps)
            {
                var (user, origin) = (new[] { "bob", "carol", "zoë" }[who], a % 2 == 0 ? NodeA : NodeB);
                var turn = new PartitionTurn(1000 + events.Count, state.Last);
                switch (op)
                {
                    case < 5:
                        var number = next[origin] = next.GetValueOrDefault(origin) + 1;
                        var deposits = state.OriginOf(origin, turn.Time);
                        var answer = DepositDecision.Decide(state, turn, origin, Deposit(number, user, $"{a}", $"{events.Count}?"), true);
                        deposits.Take(number, answer);
                        turn.Take(origin, deposits, answer is MailboxAnswer.Stored { Failures.Count: > 0 });
                        break;
                    case < 7:
                        turn.Finish(user, state.Last - a);
                        break;
                    case 7 when state.Events.First is { } first && first <= events.Count:
                        PartitionRewrite.Add(state, turn, first, events[(int)first - 1]);
                        break;
                    case 8 when a == 0:
                        turn.Lose(1 + (who * 5));
                        break;
                    case 9:
                        snapshot = (PartitionSnapshot.ToBytes(state), events.Count);
                        break;
                }

                if (turn.IsEmpty)
                    continue;
                events.Add(turn.Encode());
                state.Apply(events.Count, events[^1]);
                Check(state);
            }

            var replayed = Replay(new PartitionState(Settings), events, 0);
            Text(replayed).ShouldBe(Text(state));
            var saved = PartitionSnapshot.ToBytes(replayed);
            PartitionSnapshot.ToBytes(PartitionSnapshot.FromBytes(saved, Settings)).ShouldBe(saved);
            if (snapshot is var (bytes, count))
                Text(Replay(PartitionSnapshot.FromBytes(bytes, Settings), events, count)).ShouldBe(Text(state));
        });

    /// <summary>Bytes in the snapshot store. A change is a new version, never a new value here.</summary>
    [Fact]
    public void Should_keep_the_bytes_of_a_snapshot()
    {
        Convert.ToHexString(PartitionSnapshot.ToBytes(new PartitionState(Settings))).ShouldBe("01000000000000" + "00");
        Convert.ToHexString(PartitionSnapshot.ToBytes(Sample())).ShouldBe(
            "0101EE07E807" + "03" + "0252" + "018201" + "0134"
            + "0103626F6205" + "EA0700311D01FDE4E9A907" + "01011F1D01FDE4E9A907" + "01013D1D01FDE4E9A907" + "01015B1D01FDE4E9A907" + "0102131D01FDE4E9A907"
            + "01016101" + "01" + "02D00F" + "02" + "01010316" + "0000"
            + "06" + "3D8887C432BDD48BD03C115E7350E823EDDC05000000000000" + "3DBFA509EEDC0F17BCF0058CB51B006193DC05000000000000"
            + "3D7F75A2EFCA02207A06D68C7D2FD4DC22D007000000000000" + "3D9C26D010678FB8B9A24AEC6B2DCCA2E7D007000000000000"
            + "3D51C0BC2169857964213689F9B574C6ACD007000000000000" + "3D7A989BAE962C9F71E6B569BAFA54461FC409000000000000");
    }

    [Fact]
    public void Should_read_every_part_of_a_snapshot()
    {
        var state = PartitionSnapshot.FromBytes(PartitionSnapshot.ToBytes(Sample()), Settings);
        (state.Last, state.Term, state.IsImported, state.Waiting).ShouldBe((1006, 1000, true, 5));
        Numbers(state).ShouldBe([1002, 1003, 1004, 1005, 1006]);
        state.Find("bob")!.Messages[0].ShouldBe(Sample().Find("bob")!.Messages[0]);
        state.Ids.Count.ShouldBe(6);
        state.Origins[NodeA].AnswerTo(1).ShouldBeOfType<MailboxAnswer.Stored>().Failures.Count.ShouldBe(1);
        state.Origins[NodeA].AnswerTo(2).ShouldBe(new MailboxAnswer.Later(2));
        state.Origins[NodeA].LastUsed.ShouldBe(2000);
        Put(state, Deposit(3, "bob", "b"), 9).ShouldBeOfType<MailboxAnswer.Stored>().Failures.ShouldBeEmpty();
    }

    [Fact]
    public void Should_refuse_a_snapshot_of_a_newer_version_and_one_that_is_damaged()
    {
        var whole = PartitionSnapshot.ToBytes(Sample());
        foreach (var version in new byte[] { 0, 2, 255 })
            Should.Throw<FormatException>(() => PartitionSnapshot.FromBytes([version, .. whole[1..]], Settings));
        for (var at = 1; at < whole.Length; at++)
        {
            Should.Throw<FormatException>(() => PartitionSnapshot.FromBytes(whole[..at], Settings));
            for (var value = 0; value < 256; value++)
            {
                var damaged = whole.ToArray();
                damaged[at] = (byte)value;
                try
                {
                    PartitionSnapshot.FromBytes(damaged, Settings);
                }
                catch (FormatException)
                {
                    // What recovery is prepared for.
                }
            }
        }
    }

    [Fact]
    public void Should_move_a_message_to_a_new_event_only_if_it_waits_in_the_old_one()
    {
        var (state, events) = (new PartitionState(Settings), new List<byte[]>());
        Apply(t => t.Store("bob", [Entry("a"), Entry("b"), Entry("c")]));
        Apply(t => t.Finish("bob", 1));
        var turn = new PartitionTurn(1000, state.Last);
        PartitionRewrite.Add(state, turn, 1, events[0]);
        turn.Bytes.ShouldBe(Entry("b").Length + Entry("c").Length);
        Apply(t => PartitionRewrite.Add(state, t, 1, events[0]));
        state.Emptied.ShouldBe([2L, 1L]);
        state.Find("bob")!.Messages.ToArray().Select(m => (m.Number, m.Event)).ShouldBe([(2, 3), (3, 3)]);
        state.Waiting.ShouldBe(2);
        Text(state, events).ShouldBe(["b", "c"]);

        // They are not in the old event any more.
        turn = new PartitionTurn(1000, state.Last);
        PartitionRewrite.Add(state, turn, 1, events[0]);
        turn.IsEmpty.ShouldBeTrue();

        // What was written again can be written again.
        Apply(t => PartitionRewrite.Add(state, t, 3, events[2]));
        Text(state, events).ShouldBe(["b", "c"]);
        state.Emptied.ShouldBe([2L, 1L, 3L]);

        void Apply(Action<PartitionTurn> change)
        {
            var next = new PartitionTurn(1000, state.Last);
            change(next);
            events.Add(next.Encode());
            state.Apply(events.Count, events[^1]);
        }
    }

    [Fact]
    public void Should_move_what_stands_before_the_damage_of_an_event()
    {
        var state = new PartitionState(Settings);
        var turn = new PartitionTurn(1000, 0);
        turn.Store("bob", [Entry("a"), Entry("b")]);
        turn.Store("carol", [Entry("c", "carol")]);
        var damaged = turn.Encode()[..^30];
        Should.Throw<FormatException>(() => state.Apply(1, damaged));
        Numbers(state).ShouldBe([1, 2]);
        var moving = new PartitionTurn(1000, state.Last);
        PartitionRewrite.Add(state, moving, 1, damaged);
        state.Apply(2, moving.Encode());
        state.Find("bob")!.Messages.ToArray().ShouldAllBe(m => m.Event == 2);
        state.Emptied.ShouldBe([1L]);
    }

    [Fact]
    public void Should_import_a_message_once()
    {
        var state = new PartitionState(Settings);
        var turn = new PartitionTurn(1000, 1000) { IsOpening = true };
        state.Apply(1, turn.Encode());
        for (var i = 2; i < 4; i++)
        {
            turn = new PartitionTurn(1000, 1000);
            turn.Import("bob", 5, Entry("a"));
            turn.Import("bob", 6, Entry("b"));
            state.Apply(i, turn.Encode());
        }

        Numbers(state).ShouldBe([5, 6]);
        Put(state, Deposit(1, "bob", "a", "c"), 4);
        Numbers(state).ShouldBe([5, 6, 1001]);
    }

    [Fact]
    public void Should_have_terms_that_grow_also_when_the_clock_goes_back()
    {
        var state = new PartitionState(Settings);
        state.NextTerm(1000).ShouldBe(1000);
        state.Apply(1, new PartitionTurn(1000, 1000) { IsOpening = true }.Encode());
        (state.Term, state.Last).ShouldBe((1000, 1000));
        state.NextTerm(10).ShouldBe(1001);
        Put(state, Deposit(1, "bob", "a"), 2);
        state.NextTerm(1001).ShouldBe(1002);
        state.Term.ShouldBe(1000);
    }

    [Fact]
    public void Should_forget_at_the_bound_the_node_that_deposited_nothing_for_the_longest_time()
    {
        var state = new PartitionState(Settings with { MaxOrigins = 2 });
        state.OriginOf(NodeA, 1);
        state.OriginOf(NodeB, 2);
        state.OriginOf(NodeA, 3).LastUsed.ShouldBe(1);
        state.OriginOf(new NodeId("c", 3, 3), 4);
        state.Origins.Keys.Select(n => n.Host).ShouldBe(["b", "c"], ignoreOrder: true);
    }

    private static PartitionState Sample()
    {
        var state = new PartitionState(Settings);
        state.Apply(1, new PartitionTurn(1000, 1000) { IsOpening = true, FinishesImport = true }.Encode());
        var turn = new PartitionTurn(1500, state.Last);
        turn.Store("bob", [Entry("a"), Entry("b")]);
        state.Apply(2, turn.Encode());
        turn = new PartitionTurn(2000, state.Last);
        var deposits = state.OriginOf(NodeA, 2000);
        var answer = DepositDecision.Decide(state, turn, NodeA, Deposit(1, "bob", "c", "d", "e", "f"), true);
        deposits.Take(1, answer);
        deposits.Take(2, new MailboxAnswer.Later(2));
        turn.Take(NodeA, deposits, isRefused: true);
        turn.Finish("bob", 1001);
        state.Apply(3, turn.Encode());
        turn = new PartitionTurn(2500, state.Last);
        turn.Store("bob", [Entry("z")]);
        state.Apply(4, turn.Encode());
        return state;
    }

    private static PartitionState Replay(PartitionState state, List<byte[]> events, int after)
    {
        for (var i = after; i < events.Count; i++)
            state.Apply(i + 1, events[i]);
        return state;
    }

    private static void Check(PartitionState state)
    {
        var messages = state.Users.Values.SelectMany(u => u.Messages.ToArray()).ToList();
        state.Waiting.ShouldBe(messages.Count);
        state.Events.LiveBytes.ShouldBe(messages.Sum(m => (long)m.Length));
        state.Events.Numbers.ShouldBe(messages.Select(m => m.Event).Distinct().Order());
        state.Emptied.ShouldBeUnique();
        state.Emptied.Intersect(state.Events.Numbers).ShouldBeEmpty();
        state.Users.Values.ShouldAllBe(u => u.Count <= Settings.MaxMessages);
    }

    /// <summary>Everything that a new owner must know, whatever the order in which dictionaries have it.</summary>
    private static string Text(PartitionState state) => string.Join(
        '\n',
        $"{state.Last} {state.Term} {state.IsImported} {state.Waiting}",
        string.Join(' ', state.Users.Where(u => u.Value.Count > 0).OrderBy(u => u.Key, StringComparer.Ordinal).Select(u => u.Key + string.Join(',', u.Value.Messages.ToArray()))),
        string.Join(' ', state.Origins.OrderBy(o => o.Key.Host).Select(o => $"{o.Key} {o.Value.Taken} {string.Join(',', o.Value.Refused.Select(r => $"{r.Number}:{r.Failures.Count}"))}")),
        string.Join(' ', state.Ids.All));

    private static List<string> Text(PartitionState state, List<byte[]> events) =>
        [.. state.Find("bob")!.Messages.ToArray().Select(m => System.Text.Encoding.UTF8.GetString(
            ChatAkka.Protocol.Internode.LinkEntry.ReadChat(events[(int)m.Event - 1].AsSpan(m.Offset, m.Length)).Content))];
}
