using System.Net;
using Akka.Streams;
using Akka.Streams.Dsl;
using Akka.TestKit.Xunit2;
using ChatAkka.Node.Transport;
using ChatAkka.Startup;
using ChatAkka.TestSupport;
using static ChatAkka.Node.Tests.Transport.Traffic;

namespace ChatAkka.Node.Tests.Transport;

/// <summary>What every <see cref="IClientTransport"/> promises. A new transport derives from this with its own <see cref="TransportKit"/>.</summary>
public abstract class ClientTransportContract : TestKit
{
    private const int Backlog = 256;
    private readonly TransportKit _kit;
    private readonly ActorMaterializer _materializer;
    private IClientTransport.Binding _binding = null!;
    private PullSink<IClientTransport.Incoming>.Puller _incoming = null!;

    private protected ClientTransportContract(TransportKit kit)
        : base("akka.loglevel = OFF")
    {
        _kit = kit;
        _materializer = ActorMaterializer.Create(Sys);
    }

    [Fact]
    public async Task Should_not_share_its_address_when_another_listener_has_it()
    {
        await BindAsync();
        await Should.ThrowAsync<System.Net.Sockets.SocketException>(() => BindAsync(_binding.Local.Port));
        (await PairAsync()).Client.Dispose();
    }

    [Fact]
    public async Task Should_accept_a_connection_only_when_one_is_requested()
    {
        await BindAsync();
        using var first = await _kit.ConnectAsync(_binding.Local);
        var waiting = _kit.KeepsOrder ? await _kit.ConnectAsync(_binding.Local) : null;
        var one = ServerEnd.Of((await In(_incoming.NextAsync())).Element!, _materializer);
        await In(first.SendAsync(Pattern(1, 10)));
        (await In(one.ReadAsync())).ToArray().ShouldBe(Pattern(1, 10), "connections are accepted in the order in which they came");
        using var second = waiting ?? await _kit.ConnectAsync(_binding.Local);
        var next = _incoming.NextAsync();
        var other = ServerEnd.Of((await In(next)).Element!, _materializer);
        await In(second.SendAsync(Pattern(2, 10)));
        (await In(other.ReadAsync())).ToArray().ShouldBe(Pattern(2, 10));
        _incoming.NextAsync().IsCompleted.ShouldBeFalse("there is no third");
    }

    [Fact]
    public async Task Should_carry_the_same_bytes_both_ways_at_the_same_time()
    {
        const int Size = 1024 * 1024;
        await BindAsync();
        var (client, server) = await PairAsync();
        var sending = SendInPiecesAsync(client, Pattern(1, Size));
        var writing = WriteInPiecesAsync(server, Pattern(2, Size));
        var reading = ReadAllAsync(server);
        var receiving = ReceiveAllAsync(client);
        await In(Task.WhenAll(sending, writing));
        client.CloseSending();
        await In(server.CompleteOutputAsync());
        (await In(reading)).AsSpan().SequenceEqual(Pattern(1, Size)).ShouldBeTrue("from the client");
        (await In(receiving)).AsSpan().SequenceEqual(Pattern(2, Size)).ShouldBeTrue("from the server");
    }

    [Fact]
    public async Task Should_end_the_input_and_still_write_when_the_client_closes_its_sending_side()
    {
        await BindAsync();
        var (client, server) = await PairAsync();
        await In(client.SendAsync(Pattern(1, 100)));
        client.CloseSending();
        (await In(ReadAllAsync(server))).ShouldBe(Pattern(1, 100), "all that was sent before is read");
        await In(server.InputEnded);
        server.OutputEnded.IsCompleted.ShouldBeFalse();
        for (var i = 0; i < 3; i++)
            await In(server.WriteAsync(Pattern(i, 1000)));
        await In(server.CompleteOutputAsync());
        (await In(ReceiveAllAsync(client))).ShouldBe([.. Pattern(0, 1000), .. Pattern(1, 1000), .. Pattern(2, 1000)]);
    }

    [Fact]
    public async Task Should_end_what_the_client_reads_and_still_read_when_the_server_completes_its_output()
    {
        await BindAsync();
        var (client, server) = await PairAsync();
        await In(server.WriteAsync(Pattern(1, 100)));
        await In(server.CompleteOutputAsync());
        (await In(ReceiveAllAsync(client))).ShouldBe(Pattern(1, 100));
        await In(client.SendAsync(Pattern(2, 5000)));
        client.CloseSending();
        (await In(ReadAllAsync(server))).ShouldBe(Pattern(2, 5000));
        await In(server.InputEnded);
    }

    [Fact]
    public async Task Should_write_everything_before_it_closes_when_the_server_has_ended_both_directions()
    {
        await BindAsync();
        var (client, server) = await PairAsync();
        await In(server.CancelInputAsync());
        var receiving = ReceiveAllAsync(client);
        await In(WriteInPiecesAsync(server, Pattern(1, 200_000)));
        await In(server.CompleteOutputAsync());
        (await In(receiving)).AsSpan().SequenceEqual(Pattern(1, 200_000)).ShouldBeTrue();
        await Eventually.TrueAsync(() => IsGoneAsync(client), "the server has closed, so the client cannot send any more");
    }

    [Fact]
    public async Task Should_fail_the_input_and_end_the_output_when_the_client_aborts()
    {
        await BindAsync();
        var (client, server) = await PairAsync();
        var reading = server.ReadAsync();
        client.Abort();
        await Should.ThrowAsync<Exception>(() => In(reading));
        await Should.ThrowAsync<Exception>(() => In(server.InputEnded));
        await In(server.OutputEnded);
        await Should.ThrowAsync<IOException>(() => In(server.WriteAsync(Pattern(1, 10))));
    }

    [Fact]
    public async Task Should_end_a_write_that_waits_when_the_client_aborts()
    {
        await BindAsync();
        var (client, server) = await PairAsync();
        var writing = WriteForeverAsync(server, new Progress());
        var reading = server.ReadAsync();
        client.Abort();
        await Should.ThrowAsync<IOException>(() => In(writing));
        await Should.ThrowAsync<Exception>(() => In(reading));
    }

    [Fact]
    public async Task Should_reset_the_client_when_the_server_gives_the_connection_up()
    {
        await BindAsync();
        var (client, server) = await PairAsync();
        await In(client.SendAsync(Pattern(1, 100)));
        (await In(server.ReadAsync())).Length.ShouldBeGreaterThan(0);
        await In(server.AbortAsync());
        await Should.ThrowAsync<IOException>(() => In(ReceiveAllAsync(client)));
        await Eventually.TrueAsync(() => IsGoneAsync(client), "the client cannot send any more");
    }

    [Fact]
    public async Task Should_stop_the_client_and_lose_nothing_when_the_server_does_not_read()
    {
        await BindAsync();
        var (client, server) = await PairAsync();
        var (size, sent) = (2 * _kit.MostInTransit, new Progress());
        var sending = SendInPiecesAsync(client, Pattern(3, size), sent);
        await StopsAsync(sent);
        sending.IsCompleted.ShouldBeFalse();
        sent.Bytes.ShouldBeLessThanOrEqualTo(_kit.MostInTransit);
        var reading = ReadAllAsync(server);
        await In(sending);
        client.CloseSending();
        (await In(reading)).AsSpan().SequenceEqual(Pattern(3, size)).ShouldBeTrue();
    }

    [Fact]
    public async Task Should_stop_the_server_and_lose_nothing_when_the_client_does_not_read()
    {
        await BindAsync();
        var (client, server) = await PairAsync();
        var (size, written) = (2 * _kit.MostInTransit, new Progress());
        var writing = WriteInPiecesAsync(server, Pattern(4, size), written);
        await StopsAsync(written);
        writing.IsCompleted.ShouldBeFalse();
        written.Bytes.ShouldBeLessThanOrEqualTo(_kit.MostInTransit);
        var receiving = ReceiveAllAsync(client);
        await In(writing);
        await In(server.CompleteOutputAsync());
        (await In(receiving)).AsSpan().SequenceEqual(Pattern(4, size)).ShouldBeTrue();
    }

    [Fact]
    public async Task Should_keep_many_connections_apart_when_they_are_open_at_once()
    {
        const int Many = 100;
        await BindAsync();
        var clients = await In(Task.WhenAll(Enumerable.Range(0, Many).Select(_ => _kit.ConnectAsync(_binding.Local))));
        var servers = new List<ServerEnd>();
        for (var i = 0; i < Many; i++)
            servers.Add(ServerEnd.Of((await In(_incoming.NextAsync())).Element!, _materializer));
        var echoing = servers.Select(EchoAsync).ToList();
        var received = await In(Task.WhenAll(clients.Select(async (client, i) =>
        {
            var receiving = ReceiveAllAsync(client);
            await SendInPiecesAsync(client, Pattern(i, 20_000));
            client.CloseSending();
            return await receiving;
        })));
        await In(Task.WhenAll(echoing));
        for (var i = 0; i < Many; i++)
            received[i].AsSpan().SequenceEqual(Pattern(i, 20_000)).ShouldBeTrue($"client {i}");
    }

    [Fact]
    public async Task Should_keep_open_connections_and_refuse_new_ones_when_it_is_unbound()
    {
        await BindAsync();
        var (client, server) = await PairAsync();
        await In(_binding.Unbind());
        (await In(_incoming.NextAsync())).HasOne.ShouldBeFalse("the source of connections ends");
        await Should.ThrowAsync<IOException>(() => In(_kit.ConnectAsync(_binding.Local)));
        await In(client.SendAsync(Pattern(1, 10)));
        (await In(server.ReadAsync())).ToArray().ShouldBe(Pattern(1, 10));
        await In(server.WriteAsync(Pattern(2, 10)));
        await In(server.CompleteOutputAsync());
        (await In(ReceiveAllAsync(client))).ShouldBe(Pattern(2, 10));
        await BindAsync(_binding.Local.Port);
        (await PairAsync()).Client.Dispose();
    }

    [Fact]
    public async Task Should_end_a_connection_that_was_not_accepted_when_it_is_unbound()
    {
        await BindAsync();
        using var client = await _kit.ConnectAsync(_binding.Local);
        await In(_binding.Unbind());

        // A transport may have accepted it already, to shake hands. Then it is given out, and whoever takes it ends it.
        if (await In(_incoming.NextAsync()) is { HasOne: true } taken)
            await In(ServerEnd.Of(taken.Element!, _materializer).AbortAsync());
        await Eventually.TrueAsync(() => IsGoneAsync(client), "nobody will ever accept it");
    }

    private static Task In(Task task) => task.WaitAsync(Eventually.Limit);

    private static Task<T> In<T>(Task<T> task) => task.WaitAsync(Eventually.Limit);

    private async Task BindAsync(int port = 0)
    {
        var (binding, incoming) = _kit.Transport.Bind(new HostPort("127.0.0.1", port), Backlog)
            .ToMaterialized(Sink.FromGraph(new PullSink<IClientTransport.Incoming>()), Keep.Both)
            .Run(_materializer);
        _binding = await In(binding);
        _incoming = incoming;
        _binding.Local.Port.ShouldBeGreaterThan(0);
        _binding.Local.Address.ShouldBe(IPAddress.Loopback);
    }

    private async Task<(ITransportClient Client, ServerEnd Server)> PairAsync()
    {
        var client = await In(_kit.ConnectAsync(_binding.Local));
        return (client, ServerEnd.Of((await In(_incoming.NextAsync())).Element!, _materializer));
    }
}
