using System.Net;
using Akka.TestKit.Xunit2;
using ChatAkka.Node.Limits;
using ChatAkka.Node.Mailboxes;
using ChatAkka.Node.Routing;
using ChatAkka.Node.Sessions;
using ChatAkka.Node.Telemetry;
using ChatAkka.Protocol;

namespace ChatAkka.Node.Tests.Limits;

/// <summary>What a connection does when its client does too much, on a clock of the test.</summary>
public class ConnectionLimitSpecs : TestKit
{
    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);
    private static readonly Rate s_three = new(perSecond: 1, burst: 3);

    public ConnectionLimitSpecs()
        : base("akka { loglevel = WARNING, scheduler.implementation = \"Akka.TestKit.TestScheduler, Akka.TestKit\" }")
    {
    }

    [Fact]
    public async Task Should_only_slow_a_client_that_sends_too_many_lines()
    {
        var ann = new ConnectionHarness(this, limits: ConnectionLimits.None with { Lines = s_three });
        ann.Send("ping", "ping", "ping", "ping", "help", "ping");
        (await ann.OutputAsync()).Count.ShouldBe(3);
        ann.DoneCount.ShouldBe(0, "nothing more is read");
        await PassAsync(ann, s_second);
        (await ann.OutputAsync()).Count.ShouldBe(4);
        await PassAsync(ann, s_second);
        await PassAsync(ann, s_second);
        (await ann.OutputAsync()).ShouldBe(["OK ping", "OK ping", "OK ping", "OK ping", "OK help login NAME | chat NAME TEXT | who [NAME] | ping | help | quit", "OK ping"]);
        ann.DoneCount.ShouldBe(1);
        ann.IsEnded.ShouldBeFalse();
        ann.Counters.ToLimits().ShouldBe(new Dictionary<string, long> { ["connection.lines-per-second"] = 3 });
    }

    [Fact]
    public async Task Should_only_slow_a_client_that_sends_too_many_chats_and_lose_and_double_none()
    {
        var ann = new ConnectionHarness(this, limits: ConnectionLimits.None with { Chats = s_three });
        await LogInAsync(ann);
        var bob = ann.LogInHere("bob");
        ann.Send([.. Enumerable.Range(0, 5).Select(i => $"chat bob {i}")]);
        await ann.OutputAsync();
        Taken(bob).ShouldBe(["ann:0", "ann:1", "ann:2"]);
        await PassAsync(ann, s_second / 2);
        Taken(bob).ShouldBeEmpty();
        await PassAsync(ann, s_second / 2);
        Taken(bob).ShouldBe(["ann:3"]);
        ann.DoneCount.ShouldBe(1, "the login was read, and nothing after the chats");
        await PassAsync(ann, s_second);
        Taken(bob).ShouldBe(["ann:4"]);
        ann.DoneCount.ShouldBe(2);
        ann.Counters.ToLimits().Keys.ShouldBe(["connection.chats-per-second"]);
    }

    [Fact]
    public async Task Should_end_a_client_that_sends_too_much_garbage()
    {
        var ann = new ConnectionHarness(this, limits: ConnectionLimits.None with { Errors = s_three });
        ann.Send("{", "{", "{");
        (await ann.OutputAsync()).Count.ShouldBe(3);
        ann.IsEnded.ShouldBeFalse();
        ann.Time.Advance(s_second);
        ann.Send("ping", "{", "ping", "{", "ping");
        var output = await ann.OutputAsync();
        output.Count(l => l == "OK ping").ShouldBe(2, "no line is handled after the one that is too much");
        output[^1].ShouldStartWith("{\"error\":\"rate_limited\"");
        ann.IsEnded.ShouldBeTrue();
        ann.Counters.ToLimits().ShouldBe(new Dictionary<string, long> { ["connection.errors-per-minute"] = 1 });
        ann.Counters.ToString().ShouldContain("lines or connections rate_limited 1");
    }

    [Fact]
    public async Task Should_check_no_login_of_an_address_from_which_too_many_failed()
    {
        var counters = new NodeCounters();
        var time = new TestSupport.ManualTime();
        var gate = new AddressGate(AddressLimits.None with { FailedLogins = s_three, TableSize = 10, Exempt = [] }, counters, time);
        var first = new ConnectionHarness(this, addresses: gate) { LoginIsRefusedWith = ErrorCode.Busy };
        first.Send("login a", "login b", "login c", "login d");
        (await first.OutputAsync()).ShouldAllBe(l => l.StartsWith("ERROR busy", StringComparison.Ordinal));
        first.LoginIsRefusedWith = ErrorCode.AuthRequired;
        first.Send("login a", "login b", "login c", "login d");
        (await first.OutputAsync()).Count.ShouldBe(8, "who gives no credential guesses nothing");
        first.LoginIsRefusedWith = ErrorCode.LoginFailed;
        first.Send("login a", "login b", "login c");
        (await first.OutputAsync()).Count.ShouldBe(11);
        first.IsEnded.ShouldBeFalse();
        var second = new ConnectionHarness(this, addresses: gate) { LoginIsRefusedWith = ErrorCode.LoginFailed };
        second.Send("login a", "ping");
        (await second.OutputAsync()).ShouldHaveSingleItem().ShouldStartWith("ERROR rate_limited");
        second.IsEnded.ShouldBeTrue();
        second.Requests.ShouldBeEmpty("that is the expensive part");
        counters.ToLimits().ShouldBe(new Dictionary<string, long> { ["address.failed-logins-per-minute"] = 1 });
        time.Advance(s_second);
        var third = new ConnectionHarness(this, addresses: gate);
        third.Send("login a");
        third.Registrar.ExpectMsg<SessionMessage.ClaimSession>();
    }

    [Fact]
    public async Task Should_refuse_a_chat_to_one_more_who_is_away_and_keep_the_connection()
    {
        var ann = new ConnectionHarness(this, limits: ConnectionLimits.None with { NewRecipients = new Rate(1, 2) });
        await LogInAsync(ann);
        ann.Send(Chat("bob", 1), Chat("carol", 2));
        ann.Store();
        ann.Store();
        ann.Send(Chat("dave", 3));
        ann.Resolver.ExpectMsg<ResolverMessage.Resolve>().Route.FoundNowhere();
        (await ann.OutputAsync())[^1].ShouldBe("""{"error":"rate_limited","text":"too much at a time; try again later","id":3,"recv":"dave"}""");
        ann.Depositor.ExpectNoMsg(TimeSpan.Zero);
        ann.Counters.ToLimits().ShouldBe(new Dictionary<string, long> { ["connection.new-recipients-per-minute"] = 1 });

        // To those before chats go on, and to the next one after a while.
        ann.Send(Chat("bob", 4));
        Store(ann);
        ann.Time.Advance(s_second);
        ann.Send(Chat("dave", 5));
        Store(ann);
        (await ann.OutputAsync())[^2..].ShouldBe(["""{"ok":"chat","id":4,"receipt":"stored"}""", """{"ok":"chat","id":5,"receipt":"stored"}"""]);
        ann.IsEnded.ShouldBeFalse();
        ann.Counters.ToLedger(0).Missing.ShouldBe(0);
    }

    [Fact]
    public async Task Should_refuse_each_chat_of_a_deposit_that_is_beyond_the_limit_of_its_sender()
    {
        var ann = new ConnectionHarness(this, limits: ConnectionLimits.None with { Stored = s_three });
        await LogInAsync(ann);
        ann.Send([.. Enumerable.Range(1, 5).Select(i => Chat("bob", i))]);
        await ann.OutputAsync();
        ann.Resolver.ExpectMsg<ResolverMessage.Resolve>().Route.FoundNowhere();
        Store(ann).Chats.Count.ShouldBe(3);
        var output = await ann.OutputAsync();
        output[^5..^2].ShouldAllBe(l => l.EndsWith("\"receipt\":\"stored\"}", StringComparison.Ordinal));
        output[^2..].ShouldAllBe(l => l.StartsWith("{\"error\":\"rate_limited\"", StringComparison.Ordinal));
        ann.Counters.ToLimits().ShouldBe(new Dictionary<string, long> { ["connection.stored-per-minute"] = 2 });
    }

    [Fact]
    public void Should_bound_the_new_recipients_of_all_connections_from_one_address()
    {
        var counters = new NodeCounters();
        var time = new TestSupport.ManualTime();
        var gate = new AddressGate(AddressLimits.None with { NewRecipients = s_three, TableSize = 10, Exempt = [] }, counters, time);
        var address = IPAddress.Parse("10.0.0.1");
        var first = new StoreBudget(ConnectionLimits.None, gate, address, counters, time);
        var second = new StoreBudget(ConnectionLimits.None, gate, address, counters, time);
        first.TryStore("a"u8).ShouldBeTrue();
        first.TryStore("b"u8).ShouldBeTrue();
        second.TryStore("a"u8).ShouldBeTrue("this is another connection: what it begins counts");
        second.TryStore("c"u8).ShouldBeFalse();
        first.TryStore("d"u8).ShouldBeFalse();
        first.TryStore("a"u8).ShouldBeTrue();
        new StoreBudget(ConnectionLimits.None, gate, IPAddress.Parse("10.0.0.2"), counters, time).TryStore("c"u8).ShouldBeTrue();
        counters.ToLimits().ShouldBe(new Dictionary<string, long> { ["address.new-recipients-per-minute"] = 2 });
    }

    [Fact]
    public void Should_remember_the_last_recipients_of_a_connection_and_no_more()
    {
        var (counters, time) = (new NodeCounters(), new TestSupport.ManualTime());
        var most = ConnectionLimits.MostRemembered;
        var budget = new StoreBudget(ConnectionLimits.None with { NewRecipients = new Rate(1, most + 1) }, AddressGate.Open, IPAddress.Loopback, counters, time);
        for (var i = 0; i <= most; i++)
            budget.TryStore([(byte)i, (byte)(i >> 8)]).ShouldBeTrue();
        budget.TryStore([1, 0]).ShouldBeTrue("it is remembered");
        budget.TryStore([0, 0]).ShouldBeFalse("it is forgotten, and so it is new");
    }

    private static string Chat(string recipient, int id) => $$"""{"cmd":"chat","recv":"{{recipient}}","content":"x","id":{{id}}}""";

    /// <summary>The chats of a recipient who is known to be away are kept.</summary>
    private static Deposit Store(ConnectionHarness ann)
    {
        var deposit = ann.Depositor.ExpectMsg<Deposit>();
        deposit.Owner.Stored(deposit, []);
        return deposit;
    }

    private static List<string> Taken(Connections.Outbound outbound)
    {
        List<string> lines = [];
        while (outbound.TryTake(out var bytes) == Connections.Outbound.Take.Bytes)
            lines.AddRange(System.Text.Encoding.UTF8.GetString(bytes.Span).Split('\n', StringSplitOptions.RemoveEmptyEntries));
        return lines;
    }

    private static async Task LogInAsync(ConnectionHarness ann)
    {
        ann.Send("""{"cmd":"login","name":"ann"}""");
        ann.Registrar.ExpectMsg<SessionMessage.ClaimSession>();
        ann.Tell(new SessionMessage.ClaimResult(ErrorCode.None, ReadsMailbox: false));
        await ann.OutputAsync();
    }

    private static async Task PassAsync(ConnectionHarness ann, TimeSpan time)
    {
        ann.Time.Advance(time);
        ann.Pass(time);
        await ann.OutputAsync();
    }
}
