using System.Net;
using System.Net.Sockets;

namespace ChatAkka.Startup;

/// <summary>Says which ports of this process another one has, before anything is started: whoever is started twice must not get as far
/// as the cluster.</summary>
/// <remarks>Binds without listening, so nobody can connect meanwhile. That a port was free here is no promise: what listens later says
/// for itself where it cannot. No listener may set <see cref="SocketOptionName.ReuseAddress"/>: on Linux .NET then sets SO_REUSEPORT, too,
/// and two processes share the port. SO_REUSEADDR alone, with which a restarted process gets its port in spite of connections that linger,
/// is set by .NET whenever it binds.</remarks>
public static class PortCheck
{
    /// <summary>Notes a problem where <paramref name="address"/> cannot be listened on.</summary>
    /// <param name="reader">Where problems are collected.</param>
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

    /// <summary>The address of a host; null where the name leads nowhere, which is said when it is used.</summary>
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
