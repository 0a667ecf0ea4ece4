using ChatAkka.Management.Chat;
using ChatAkka.Protocol.Operators;
using CsCheck;

namespace ChatAkka.Management.Tests;

/// <summary>The conservation ledger, put together from what nodes say.</summary>
public class AuditSpecs
{
    private static readonly Gen<Ledger> s_ledger = Gen.Select(
        Gen.Long[0, 1000], Gen.Long[0, 1000], Gen.Long[0, 1000], Gen.Long[0, 1000], Gen.Long[0, 1000], Gen.Long[0, 1000],
        (delivered, stored, offline, full, died, inFlight) => new Ledger(
            delivered + stored + offline + full + died + inFlight,
            delivered,
            stored,
            new Dictionary<string, long> { ["recipient_offline"] = offline, ["mailbox_full"] = full },
            new Dictionary<string, long> { ["node_died"] = died },
            inFlight));

    [Fact]
    public void Should_miss_nothing_where_no_node_does() => s_ledger.Array[1, 5].Sample(ledgers =>
    {
        var audit = Audit.Of([.. ledgers.Select((l, i) => Report($"n{i}", l))]);

        audit.Rows.ShouldAllBe(r => r.Ledger.Missing == 0);
        audit.Rows[^1].Ledger.Accepted.ShouldBe(ledgers.Sum(l => l.Accepted));
        audit.Rows[^1].Ledger.Refused["mailbox_full"].ShouldBe(ledgers.Sum(l => l.Refused["mailbox_full"]));
    });

    [Fact]
    public void Should_show_what_a_node_lost() =>
        Audit.Of([Report("n0", Of(accepted: 10, delivered: 7))]).Rows[0].Ledger.Missing.ShouldBe(3);

    [Fact]
    public void Should_make_a_row_for_a_node_that_is_gone_from_what_the_others_had_of_it()
    {
        var audit = Audit.Of(
        [
            Report("n0", Of(5, 5), new PeerReport("n1", false, 1, 0, 0), new PeerReport("dead", true, 3, 1, 2)),
            Report("n1", Of(6, 6), new PeerReport("n0", false, 1, 0, 0), new PeerReport("dead", true, 4, 0, 5)),
        ]);

        audit.Rows.Select(r => r.Node).ShouldBe(["n0", "n1", "dead (gone)", "all"]);
        audit.Rows[2].Ledger.Delivered.ShouldBe(7);
        audit.Rows[2].TookAlong.ShouldBe(7);
        audit.Rows[3].Ledger.Accepted.ShouldBe(18);
    }

    [Fact]
    public void Should_say_why_chats_were_refused_and_dropped()
    {
        var ledger = new Ledger(6, 1, 0, new Dictionary<string, long> { ["mailbox_full"] = 3 }, new Dictionary<string, long> { ["node_died"] = 2 }, 0);

        Audit.Of([Report("n0", ledger)]).Rows[0].Cells[^1]!.ToString().ShouldBe("mailbox_full 3, node_died 2");
    }

    private static Ledger Of(long accepted, long delivered) =>
        new(accepted, delivered, 0, new Dictionary<string, long>(), new Dictionary<string, long>(), 0);

    [Fact]
    public void Should_show_what_each_limit_stopped_on_each_node()
    {
        var some = Report("n0", new Ledger(0, 0, 0, new Dictionary<string, long>(), new Dictionary<string, long>(), 0)) with
        {
            Limits = new Dictionary<string, long> { ["connection.errors-per-minute"] = 2, ["address.connections"] = 17 },
        };
        LimitRows.Of([some, some with { Address = "n1", Limits = null }]).Select(r => string.Join(' ', r.Select(c => c!.ToString())))
            .ShouldBe(["n0 address.connections 17", "n0 connection.errors-per-minute 2"]);
    }

    private static NodeReport Report(string node, Ledger ledger, params PeerReport[] peers) =>
        new(node, node, "", 0, 500, 0, 0, 0, false, ledger, peers);
}
