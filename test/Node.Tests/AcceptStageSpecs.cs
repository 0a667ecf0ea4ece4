using System.Net.Sockets;
using Akka.Streams;
using Akka.Streams.Dsl;
using Akka.TestKit.Xunit2;
using ChatAkka.Node.Transport;
using ChatAkka.Startup;
using ChatAkka.TestSupport;

namespace ChatAkka.Node.Tests;

public sealed class AcceptStageSpecs : TestKit
{
    private readonly ActorMaterializer _materializer;

    public AcceptStageSpecs()
        : base("akka.loglevel = OFF") => _materializer = ActorMaterializer.Create(Sys);

    [Fact]
    public async Task Should_not_share_its_port_with_another_process()
    {
        var port = (await BindAsync(0, first: null)).Local.Port;
        (await Should.ThrowAsync<SocketException>(() => BindAsync(port, first: null))).SocketErrorCode.ShouldBe(SocketError.AddressAlreadyInUse);

        // Also where the other one would share: both have to allow that.
        TestPorts.CanBeShared(port).ShouldBeFalse();
        TestPorts.Listeners(port).ShouldBe(1);
    }

    [Fact]
    public async Task Should_get_its_port_back_at_once_while_connections_of_its_last_life_linger()
    {
        var taken = new TaskCompletionSource<IClientTransport.Incoming>();
        var binding = await BindAsync(0, taken);
        using var client = new TcpClient();
        await client.ConnectAsync(binding.Local);

        // Closed from the side of the server first, which is what lingers.
        (await taken.Task.WaitAsync(Eventually.Limit)).Flow
            .Join(Flow.FromSinkAndSource(Sink.Cancelled<ReadOnlyMemory<byte>>(), Source.Empty<ReadOnlyMemory<byte>>()))
            .Run(_materializer);
        (await client.GetStream().ReadAsync(new byte[1]).AsTask().WaitAsync(Eventually.Limit)).ShouldBe(0);
        client.Close();
        await Eventually.TrueAsync(() => TestPorts.Lingering(binding.Local.Port) > 0, "the connection lingers");
        await binding.Unbind();
        (await BindAsync(binding.Local.Port, first: null)).Local.Port.ShouldBe(binding.Local.Port);
    }

    private async Task<IClientTransport.Binding> BindAsync(int port, TaskCompletionSource<IClientTransport.Incoming>? first) =>
        await new SocketTransport(ClientDoor.Open, TransportTimings.Standard).Bind(new HostPort("127.0.0.1", port), 16)
            .ToMaterialized(Sink.ForEach<IClientTransport.Incoming>(i => first?.TrySetResult(i)), Keep.Left)
            .Run(_materializer);
}
