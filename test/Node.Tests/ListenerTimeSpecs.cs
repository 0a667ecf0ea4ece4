using Akka.TestKit;
using Akka.TestKit.Xunit2;
using ChatAkka.Node.Clients;
using ChatAkka.Node.Connections;
using ChatAkka.Node.Tests.Transport;
using ChatAkka.Protocol;
using ChatAkka.Protocol.Client;
using ChatAkka.Sessions;
using ChatAkka.TestSupport;

namespace ChatAkka.Node.Tests;

/// <summary>What the listener does as time passes, on a clock of the test.</summary>
public class ListenerTimeSpecs : TestKit
{
    private static readonly TimeSpan s_little = TimeSpan.FromSeconds(1);
    private readonly ManualTime _time = new();
    private readonly ListenerKit _kit;

    public ListenerTimeSpecs()
        : base("akka { loglevel = WARNING, scheduler.implementation = \"Akka.TestKit.TestScheduler, Akka.TestKit\" }") =>
        _kit = new ListenerKit(this, new MemoryTransportKit(), _time);

    [Fact]
    public async Task Should_close_a_connection_without_login_at_the_login_timeout_whatever_it_sends()
    {
        using var client = await _kit.ConnectAndPingAsync();
        await PassAsync(ListenerKit.LoginTimeout - s_little);
        await PingAsync(client);
        await PassAsync(s_little);
        (await client.LineAsync()).ShouldStartWith("ERROR login_timeout");
        (await client.IsClosedAsync()).ShouldBeTrue();
    }

    [Fact]
    public async Task Should_close_a_connection_that_sends_nothing_at_the_idle_timeout_and_count_each_read()
    {
        using var client = await _kit.ConnectAndPingAsync();
        _kit.Connections.All.Single().IsLoggedIn = true;
        await PassAsync(ListenerKit.IdleTimeout - s_little);
        await PingAsync(client);
        await PassAsync(ListenerKit.IdleTimeout - s_little);
        await PingAsync(client);
        await PassAsync(ListenerKit.IdleTimeout);
        (await client.LineAsync()).ShouldStartWith("ERROR idle_timeout");
        (await client.IsClosedAsync()).ShouldBeTrue();
    }

    [Fact]
    public async Task Should_close_as_a_slow_consumer_who_reads_nothing_for_the_write_timeout_and_not_who_reads_slowly()
    {
        using var deaf = await _kit.ConnectAndPingAsync();
        var connection = _kit.Connections.All.Single();
        connection.IsLoggedIn = true;
        using var slow = await _kit.ConnectAndPingAsync();
        var other = _kit.Connections.All.Single(c => c != connection);
        other.IsLoggedIn = true;
        for (var i = 0; i < 100; i++)
        {
            Deliver(connection);
            Deliver(other);
        }

        // A part of the bytes that the socket was given counts as written when all of it is: about 49 messages.
        var passed = 0;
        for (var read = 0; read < 99; read += 3)
        {
            await PassAsync(s_little);
            passed += connection.Outbound.IsGivenUp ? 0 : 1;
            for (var i = 0; i < 3; i++)
                (await slow.LineAsync()).ShouldStartWith("x");
        }

        passed.ShouldBeInRange((int)ListenerKit.WriteTimeout.TotalSeconds, (int)ListenerKit.WriteTimeout.TotalSeconds + 2);
        other.Outbound.IsGivenUp.ShouldBeFalse();
        (await slow.LineAsync()).ShouldStartWith("x");
        await PingAsync(slow);
        await Eventually.TrueAsync(() => _kit.Counters.ToString().Contains("lines or connections slow_consumer 1", StringComparison.Ordinal), "it is counted");
        string last;
        do
            last = await deaf.LineAsync();
        while (last[0] == 'x');
        last.ShouldStartWith("{\"error\":\"slow_consumer\"");
        (await deaf.IsClosedAsync()).ShouldBeTrue();
    }

    [Fact]
    public async Task Should_end_a_session_25_s_after_its_token_unless_it_is_renewed()
    {
        using var client = await _kit.ConnectAndPingAsync();
        var session = LogIn(ends: TimeSpan.FromSeconds(10));
        await PassAsync(TimeSpan.FromSeconds(10) + ListenerKit.RenewGrace - s_little);
        await PingAsync(client);
        session.Grant = session.Grant! with { Ends = _time.GetUtcNow().AddSeconds(10) };
        await PassAsync(s_little);
        await PingAsync(client);
        await PassAsync(TimeSpan.FromSeconds(9) + ListenerKit.RenewGrace);
        (await client.LineAsync()).ShouldStartWith("ERROR token_expired");
        (await client.IsClosedAsync()).ShouldBeTrue();
    }

    [Fact]
    public async Task Should_end_a_session_whose_token_is_revoked()
    {
        using var client = await _kit.ConnectAndPingAsync();
        LogIn(ends: TimeSpan.FromHours(1));
        await PassAsync(s_little);
        await PingAsync(client);
        _kit.Revoked.Add([new TokenRevocation.Token("t-1", _time.GetUtcNow().AddDays(1))]);
        await PassAsync(s_little);
        (await client.LineAsync()).ShouldStartWith("ERROR token_revoked");
        (await client.IsClosedAsync()).ShouldBeTrue();
    }

    private LocalSession LogIn(TimeSpan ends)
    {
        var connection = _kit.Connections.All.Single();
        var session = new LocalSession(UserName.TryCreate("ann")!, connection, DeliveryFormat.Text)
        {
            Grant = new SessionGrant("ann", "t-1", _time.GetUtcNow(), _time.GetUtcNow() + ends),
        };
        (connection.Session, connection.IsLoggedIn) = (session, true);
        return session;
    }

    [Fact]
    public async Task Should_send_clients_away_at_the_pace_of_the_drain_and_stop_when_it_ends()
    {
        for (var i = 0; i < 4; i++)
            await _kit.ConnectAndPingAsync();
        _kit.Actor.Tell(new ListenerMessage.SetDrain(5), TestActor);
        await DrainTickAsync(TimeSpan.Zero);
        (await _kit.StatusAsync()).Moved.ShouldBe(1, "the first at once");
        await DrainTickAsync(ListenerTimings.Standard.DrainInterval * 2);
        (await _kit.StatusAsync()).Moved.ShouldBe(2);
        _kit.Actor.Tell(new ListenerMessage.SetDrain(0), TestActor);
        await DrainTickAsync(TimeSpan.FromMinutes(1));
        var status = await _kit.StatusAsync();
        status.Moved.ShouldBe(2);
        status.IsDraining.ShouldBeFalse();
        await Eventually.TrueAsync(async () => (await _kit.StatusAsync()).Open == 2, "the two that were told have left");
    }

    private static void Deliver(ClientConnection connection) =>
        connection.Outbound.TryDeliver(DeliveryFormat.Text, TestChats.Chat("a", "b", new string('x', 1000), 1, "")).ShouldBeTrue();

    private static async Task PingAsync(LineClient client)
    {
        await client.SendAsync("ping");
        (await client.LineAsync()).ShouldBe("OK ping");
    }

    /// <summary>Moves the clock on, and lets the listener look for time-outs.</summary>
    private async Task PassAsync(TimeSpan time)
    {
        _time.Advance(time);
        await DrainTickAsync(ListenerTimings.Standard.SweepInterval);
    }

    /// <summary>Moves the timers on, and waits until the listener has handled what they sent.</summary>
    private async Task DrainTickAsync(TimeSpan time)
    {
        await _kit.StatusAsync();
        ((TestScheduler)Sys.Scheduler).Advance(time);
        await _kit.StatusAsync();
    }
}
