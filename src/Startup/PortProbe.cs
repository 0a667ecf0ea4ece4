using System.Net.Sockets;

namespace ChatAkka.Startup;

/// <summary>Distinguishes a port on which no process listens from a port that cannot be reached.</summary>
internal static class PortProbe
{
    /// <summary>True if as many connections in a row were refused as <paramref name="settings"/> require.</summary>
    /// <remarks>A process that is ending may still accept connections for a moment. Then the count starts again at 0, and the probe continues.</remarks>
    public static async Task<bool> IsRefusedAsync(string host, int port, CrashProbeSettings settings, TimeProvider time)
    {
        var start = time.GetTimestamp();
        var refused = 0;
        while (refused < settings.Refusals)
        {
            if (time.GetElapsedTime(start) > settings.GiveUpAfter)
                return false;
            switch (await TryConnectAsync(host, port, settings.Timeout, time).ConfigureAwait(false))
            {
                case SocketError.ConnectionRefused:
                    refused++;
                    break;
                case SocketError.Success or SocketError.ConnectionReset or SocketError.ConnectionAborted:
                    refused = 0;
                    break;
                default:
                    return false;
            }

            if (refused < settings.Refusals)
                await Task.Delay(settings.Interval, time).ConfigureAwait(false);
        }

        return true;
    }

    private static async Task<SocketError> TryConnectAsync(string host, int port, TimeSpan timeout, TimeProvider time)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        using var limit = new CancellationTokenSource(timeout, time);
        try
        {
            await socket.ConnectAsync(host, port, limit.Token).ConfigureAwait(false);
            return SocketError.Success;
        }
        catch (SocketException e)
        {
            return e.SocketErrorCode;
        }
        catch (OperationCanceledException)
        {
            return SocketError.TimedOut;
        }
    }
}
