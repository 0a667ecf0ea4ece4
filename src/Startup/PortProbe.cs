using System.Net.Sockets;

namespace ChatAkka.Startup;

/// <summary>Tells a port without a process from one that cannot be reached.</summary>
internal static class PortProbe
{
    /// <summary>True where so many connections in a row were refused as <paramref name="settings"/> ask for.</summary>
    /// <remarks>A dying process may take connections for another moment: those do not count, but the probe goes on.</remarks>
    public static async Task<bool> IsRefusedAsync(string host, int port, CrashProbeSettings settings)
    {
        var start = TimeProvider.System.GetTimestamp();
        var refused = 0;
        while (refused < settings.Refusals)
        {
            if (TimeProvider.System.GetElapsedTime(start) > settings.GiveUpAfter)
                return false;
            switch (await TryConnectAsync(host, port, settings.Timeout).ConfigureAwait(false))
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
                await Task.Delay(settings.Interval).ConfigureAwait(false);
        }

        return true;
    }

    private static async Task<SocketError> TryConnectAsync(string host, int port, TimeSpan timeout)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        using var limit = new CancellationTokenSource(timeout);
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
