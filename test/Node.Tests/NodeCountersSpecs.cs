using ChatAkka.Node.Telemetry;
using ChatAkka.Protocol;

namespace ChatAkka.Node.Tests;

public class NodeCountersSpecs
{
    [Fact]
    public void Should_have_one_name_and_a_unit_for_each_counter_as_the_documentation_lists_them()
    {
        var all = new NodeCounters().All;
        all.Select(c => c.Name).ShouldBeUnique();
        var codes = ErrorCodes.All.Select(e => e.Wire).ToHashSet();
        var documented = File.ReadLines(Path.Combine(AppContext.BaseDirectory, "docs", "delivery.md"))
            .SkipWhile(l => !l.StartsWith("| counter |", StringComparison.Ordinal)).Skip(2).TakeWhile(l => l.StartsWith('|'))
            .Select(l => l.Split('|', StringSplitOptions.TrimEntries)).Select(cells => (Name: cells[1].Trim('`'), Unit: cells[2]));
        all.Select(c => (Name: string.Join(' ', c.Name.Split(' ').Select(w => codes.Contains(w) ? "CODE" : w)), c.Unit)).Distinct()
            .ShouldBe(documented);
    }

    [Fact]
    public void Should_show_what_was_counted_under_its_name_and_nowhere_else()
    {
        var counters = new NodeCounters();
        Action[] count =
        [
            counters.Accepted, () => counters.Delivered(1), counters.Stored,
            .. ErrorCodes.All.SelectMany(e => new Action[] { () => counters.Count(e.Code), () => counters.Error(e.Code) }),
            () => counters.Dropped(1), counters.SettledAgain, counters.BadFrame, counters.StaleFrame, counters.RefusedConnection, counters.CutShort,
            counters.FailedHandshake, .. Enum.GetValues<LimitKind>().Select(kind => new Action(() => counters.Limited(kind))),
        ];
        count.Length.ShouldBe(counters.All.Count);
        for (var i = 0; i < count.Length; i++)
        {
            count[i]();
            counters.All.Select(c => c.Value).ShouldBe(Enumerable.Range(0, count.Length).Select(n => n <= i ? 1L : 0), counters.All[i].Name);
        }
    }

    [Fact]
    public void Should_keep_what_became_of_chats_apart_from_lines_that_were_not_accepted()
    {
        var counters = new NodeCounters();
        for (var i = 0; i < 4; i++)
            counters.Accepted();
        counters.Count(ErrorCode.None);
        counters.Delivered(2);
        counters.Count(ErrorCode.RecipientOffline);
        counters.Error(ErrorCode.BadJson);
        counters.ToString().ShouldBe("accepted 4, delivered 3, lines or connections bad_json 1, recipient_offline 1");
    }

    [Fact]
    public void Should_account_for_every_accepted_chat()
    {
        var counters = new NodeCounters();
        for (var i = 0; i < 7; i++)
            counters.Accepted();
        counters.Count(ErrorCode.None);
        counters.Stored();
        counters.Count(ErrorCode.MailboxFull);
        counters.Dropped(2);
        counters.Error(ErrorCode.BadJson);
        counters.SettledAgain();
        var ledger = counters.ToLedger(inFlight: 1);
        ledger.Refused.ShouldBe(new Dictionary<string, long> { ["mailbox_full"] = 1 });
        ledger.Dropped.ShouldBe(new Dictionary<string, long> { ["node_died"] = 2 });
        ledger.Missing.ShouldBe(1);
    }
}
