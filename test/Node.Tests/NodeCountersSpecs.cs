using ChatAkka.Node.Telemetry;
using ChatAkka.Protocol;

namespace ChatAkka.Node.Tests;

public class NodeCountersSpecs
{
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
