using System.Net.Sockets;
using Akka.Streams;
using Akka.Streams.Dsl;
using Akka.TestKit.Xunit2;
using ChatAkka.Node.Transport;
using ChatAkka.Startup;
using ChatAkka.TestSupport;
using static ChatAkka.Node.Tests.Transport.Traffic;

namespace ChatAkka.Node.Tests.Transport;

/// <summary>What the transport over TLS gives out, and what not.</summary>
public sealed class TlsHandshakeSpecs : TestKit
{
    private readonly ActorMaterializer _materializer;

    public TlsHandshakeSpecs()
        : base("akka.loglevel = OFF") => _materializer = ActorMaterializer.Create(Sys);

    [Fact]
    public async Task Should_give_out_a_connection_only_when_its_handshake_has_ended_and_none_whose_handshake_failed()
    {
        using var kit = new TlsTransportKit();
        var (binding, incoming) = kit.Transport.Bind(new HostPort("127.0.0.1", 0), 16)
            .ToMaterialized(Sink.FromGraph(new PullSink<IClientTransport.Incoming>()), Keep.Both)
            .Run(_materializer);
        var address = (await In(binding)).Local;
        using var silent = new TcpClient();
        await silent.ConnectAsync(address);
        using var wrong = new TcpClient();
        await wrong.ConnectAsync(address);
        await wrong.GetStream().WriteAsync("login bob\n"u8.ToArray());
        using var client = await kit.ConnectAsync(address);
        var given = (await In(incoming.NextAsync())).Element!;
        await In(client.SendAsync(Pattern(1, 10)));
        (await In(ServerEnd.Of(given, _materializer).ReadAsync())).ToArray().ShouldBe(Pattern(1, 10), "it is the client that shook hands");
        await Eventually.TrueAsync(() => kit.Counters.ToString().Contains("TLS handshakes that failed 1", StringComparison.Ordinal), "the one that does not speak TLS is counted");
        incoming.NextAsync().IsCompleted.ShouldBeFalse("there is no other");
    }

    private static Task In(Task task) => task.WaitAsync(Eventually.Limit);

    private static Task<T> In<T>(Task<T> task) => task.WaitAsync(Eventually.Limit);
}
