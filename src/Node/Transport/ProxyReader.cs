using System.Net;
using System.Net.Sockets;
using ChatAkka.Node.Telemetry;

namespace ChatAkka.Node.Transport;

/// <summary>Reads the headers of proxies, before anything else of their connections. Connections from other addresses are not touched.</summary>
/// <param name="settings">The proxies.</param>
/// <param name="limit">How long a header may take.</param>
/// <param name="counters">Counts connections of proxies without a header.</param>
/// <param name="time">The clock.</param>
internal sealed class ProxyReader(ProxySettings settings, TimeSpan limit, NodeCounters counters, TimeProvider time)
{
    /// <summary>How many headers are read at a time. Further connections wait to be accepted.</summary>
    public const int AtOnce = 256;

    /// <summary>Gives the connection with the address of its client. A connection of a proxy that does not begin with a header is closed.</summary>
    public async Task<AcceptedSocket> ReadAsync(AcceptedSocket accepted)
    {
        if (!settings.Trusts(((IPEndPoint)accepted.Remote).Address))
            return accepted;
        try
        {
            using var end = new CancellationTokenSource(limit, time);
            var header = new byte[ProxyHeader.StartLength + ProxyHeader.MostRest];
            var start = header.AsMemory(0, ProxyHeader.StartLength);
            if (await TryFillAsync(accepted.Socket, start, end.Token).ConfigureAwait(false) && ProxyHeader.RestOf(start.Span) is { } count)
            {
                var rest = header.AsMemory(ProxyHeader.StartLength, count);
                if (await TryFillAsync(accepted.Socket, rest, end.Token).ConfigureAwait(false) && ProxyHeader.TryRead(start.Span, rest.Span, out var client))
                    return client is null ? accepted : accepted with { Remote = client };
            }
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            // It has no header, for whatever reason.
        }

        counters.Limited(LimitKind.ProxyHeaders);
        accepted.Socket.Dispose();
        return accepted with { IsClosed = true };
    }

    /// <summary>Reads exactly so many bytes: what comes after the header belongs to the client.</summary>
    private static async ValueTask<bool> TryFillAsync(Socket socket, Memory<byte> buffer, CancellationToken stop)
    {
        while (!buffer.IsEmpty)
        {
            var count = await socket.ReceiveAsync(buffer, stop).ConfigureAwait(false);
            if (count == 0)
                return false;
            buffer = buffer[count..];
        }

        return true;
    }
}
