using System.Net;
using System.Net.Sockets;

namespace ChatAkka.Startup;

/// <summary>Checks before the start whether another process uses one of this process's ports. A process that was started twice by mistake must
/// not reach the cluster.</summary>
/// <remarks>The check binds the port without listening, so nobody can connect in the meantime. The port may be taken later all the same; then the
/// listener reports that. No listener may set <see cref="SocketOptionName.ReuseAddress"/>: on Linux .NET then also sets SO_REUSEPORT, and two
/// processes share the port. .NET always sets SO_REUSEADDR when it binds. So a restarted process gets its port although old connections are
/// still in TIME_WAIT.</remarks>
public static class PortCheck
{
    /// <summary>Reports a problem if this process cannot listen on <paramref name="address"/>.</summary>
    /// <param name="reader">Collects the problems.</param>
    /// <param name="path">The setting that names the address.</param>
    /// <param name="address">The address; port 0 is always free.</param>
    /// <param name="remedy">What the operator can do.</param>
    public static void Report(ConfigReader reader, string path, HostPort address, string remedy)
    {
        if (address.Port == 0 || AddressOf(address.Host) is not { } host)
            return;
        using var socket = new Socket(host.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(host, address.Port));
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            reader.Report(path, $"{address} is taken: another process listens there. {remedy}");
        }
        catch (SocketException e)
        {
            reader.Report(path, $"{address} cannot be listened on: {e.Message}. {remedy}");
        }
    }

    /// <summary>The IP address of a host; null if the name cannot be resolved. That is reported when the address is used.</summary>
    private static IPAddress? AddressOf(string host)
    {
        if (IPAddress.TryParse(host, out var address))
            return address;
        try
        {
            var all = Dns.GetHostAddresses(host);
            return all.FirstOrDefault(a => a.AddressFamily == AddressFamily.InterNetwork) ?? all.FirstOrDefault();
        }
        catch (SocketException)
        {
            return null;
        }
    }
}
