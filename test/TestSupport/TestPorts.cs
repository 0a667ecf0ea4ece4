using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace ChatAkka.TestSupport;

/// <summary>What the kernel says of a loopback port.</summary>
public static class TestPorts
{
    private const string Listening = "0A";
    private const string TimeWait = "06";

    /// <summary>How many sockets listen on a port.</summary>
    public static int Listeners(int port) => Count(port, Listening);

    /// <summary>How many connections of a port are closed and linger (TIME_WAIT).</summary>
    public static int Lingering(int port) => Count(port, TimeWait);

    /// <summary>True where a socket that shares its port (SO_REUSEPORT) can listen beside whoever has it.</summary>
    public static bool CanBeShared(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            socket.Listen();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>Reads what <c>ss</c> reads. Columns: number, local address, remote address, state.</summary>
    private static int Count(int port, string state) => new[] { "/proc/net/tcp", "/proc/net/tcp6" }
        .Where(File.Exists)
        .SelectMany(File.ReadLines)
        .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        .Count(columns => columns.Length > 3 && columns[3] == state && columns[1].EndsWith(string.Create(CultureInfo.InvariantCulture, $":{port:X4}"), StringComparison.Ordinal));
}
