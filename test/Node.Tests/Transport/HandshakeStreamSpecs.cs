using ChatAkka.Node.Transport;
using ChatAkka.Runtime.Tls;
using ChatAkka.TestSupport;

namespace ChatAkka.Node.Tests.Transport;

/// <summary>The bytes under TLS during a handshake: who may compute, and who waits for whom.</summary>
public sealed class HandshakeStreamSpecs
{
    private readonly ManualTime _clock = new();
    private readonly SemaphoreSlim _computing = new(1);

    [Fact]
    public async Task Should_say_how_long_it_waits_for_its_client_and_not_for_the_server()
    {
        var (client, bytes) = Make();
        bytes.Waiting.ShouldBe(TimeSpan.Zero);
        _clock.Advance(TimeSpan.FromSeconds(1));
        await _computing.WaitAsync();
        var reading = bytes.ReadAsync(new byte[1]).AsTask();
        _clock.Advance(TimeSpan.FromSeconds(2));
        bytes.Waiting.ShouldBe(TimeSpan.FromSeconds(2));
        client.Send();
        await Eventually.TrueAsync(() => bytes.Waiting == TimeSpan.Zero, "it waits for a place to compute");
        _clock.Advance(TimeSpan.FromSeconds(3));
        (reading.IsCompleted, bytes.Waiting).ShouldBe((false, TimeSpan.Zero));
        _computing.Release();
        (await reading).ShouldBe(1);
    }

    [Fact]
    public async Task Should_let_no_more_compute_than_may_and_the_next_when_one_waits_for_its_client_again()
    {
        var (first, firstBytes) = Make();
        var (second, secondBytes) = Make();
        first.Send();
        (await firstBytes.ReadAsync(new byte[1])).ShouldBe(1);
        second.Send();
        var reading = secondBytes.ReadAsync(new byte[1]).AsTask();
        await Eventually.TrueAsync(() => secondBytes.Waiting == TimeSpan.Zero, "its client has sent");
        reading.IsCompleted.ShouldBeFalse("another computes");
        _ = firstBytes.ReadAsync(new byte[1]).AsTask();
        await reading.WaitAsync(Eventually.Limit);
    }

    [Fact]
    public async Task Should_give_up_its_place_to_compute_once_when_its_handshake_has_ended()
    {
        var (client, bytes) = Make();
        client.Send();
        (await bytes.ReadAsync(new byte[1])).ShouldBe(1);
        _computing.CurrentCount.ShouldBe(0);
        bytes.EndHandshake();
        bytes.EndHandshake();
        _computing.CurrentCount.ShouldBe(1);
    }

    [Fact]
    public void Should_leave_half_of_the_processors_to_chats() =>
        new[] { 1, 2, 3, 8 }.Select(TlsTransport.MostComputing).ShouldBe([1, 1, 1, 4]);

    private (ClientBytes Client, HandshakeStream Bytes) Make()
    {
        var client = new ClientBytes();
        return (client, new HandshakeStream(client, _computing, _clock));
    }
}
