using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Akka.Streams.Dsl;
using ChatAkka.Node.Telemetry;
using ChatAkka.Runtime.Tls;
using ChatAkka.Startup;

namespace ChatAkka.Node.Transport;

/// <summary>The client transport over TLS 1.2 and 1.3. A connection is given out when its handshake has ended, so a client that is silent takes no place of
/// those that may log in.</summary>
/// <param name="door">Lets clients in. A client that it does not let in is closed before the handshake.</param>
/// <param name="settings">Bounds of handshakes.</param>
/// <param name="files">The certificate.</param>
/// <param name="timings">Its intervals and time limits.</param>
/// <param name="failures">Is told of handshakes that failed.</param>
/// <param name="counters">Counts them.</param>
/// <param name="time">The clock.</param>
internal sealed class TlsTransport(
    ClientDoor door, TlsSettings settings, TlsFiles files, TransportTimings timings, HandshakeFailures failures, NodeCounters counters, TimeProvider time) : IClientTransport
{
    private readonly HandshakeGate _gate = new(
        settings.MaxHandshakes, settings.HandshakeTimeout, timings.HandshakeInStorm, timings.HandshakeSilence, time);

    private readonly SemaphoreSlim _computing = new(MostComputing(Environment.ProcessorCount));

    /// <summary>Half of the processors at most compute handshakes, so that chats go on in a storm of them.</summary>
    public static int MostComputing(int processors) => Math.Max(1, processors / 2);

    /// <inheritdoc/>
    public Source<IClientTransport.Incoming, Task<IClientTransport.Binding>> Bind(HostPort address, int backlog) =>
        door.Through(Source.FromGraph(new AcceptStage(address, backlog, timings)))

            // One more than the gate counts, so that the gate learns that there are more, and ends one that is silent.
            .SelectAsyncUnordered(settings.MaxHandshakes + 1, ShakeHandsAsync)
            .Where(incoming => incoming.Count > 0)
            .Select(incoming => incoming[0]);

    /// <summary>Gives the connection, or nothing if the handshake failed. It never throws: that would end the listener.</summary>
    private async Task<IReadOnlyList<IClientTransport.Incoming>> ShakeHandsAsync(AcceptedSocket accepted)
    {
        if (accepted.Place is null)
        {
            accepted.Socket.Dispose();
            return [];
        }

        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        HandshakeStream? bytes = null;
        SslStream? tls = null;
        try
        {
            bytes = new HandshakeStream(new NetworkStream(accepted.Socket, ownsSocket: true), _computing, time);
            tls = new SslStream(bytes, leaveInnerStreamOpen: false);
            using var limit = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
            using var place = _gate.Begin(bytes, limit);
            await tls.AuthenticateAsServerAsync(files.Current.Options, limit.Token).ConfigureAwait(false);
            bytes.EndHandshake();
            var reads = new ReadSize();
            return [new IClientTransport.Incoming(accepted.Remote, Flow.FromGraph(new TlsStage(tls, bytes, accepted.Socket, accepted.Place, reads))) { Reads = reads }];
        }
        catch (Exception e)
        {
            // Whatever a client sends, and whatever fails here, ends this connection alone.
            bytes?.EndHandshake();
            if (tls is not null)
                await tls.DisposeAsync().ConfigureAwait(false);
            accepted.Socket.Dispose();
            accepted.Place.Dispose();
            counters.FailedHandshake();
            failures.Add(accepted.Remote, e is OperationCanceledException ? "it took too long, or too many were under way" : Reason(e));
            return [];
        }
    }

    private static string Reason(Exception e) => e.InnerException is { Message.Length: > 0 } inner && e is AuthenticationException ? $"{e.Message} {inner.Message}" : e.Message;
}
