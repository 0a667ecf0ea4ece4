using System.Net.Sockets;

namespace ChatAkka.Management.Hosting;

/// <summary>Makes the kernel find out that a client has vanished: its machine is gone, or the way to it.</summary>
internal static class KeepAlive
{
    /// <summary>After so many seconds without a word the kernel asks, and again after <see cref="Interval"/>.</summary>
    public const int After = 30;

    /// <summary>Seconds between two questions.</summary>
    public const int Interval = 10;

    /// <summary>So many questions without an answer end the connection.</summary>
    public const int Tries = 3;

    // TCP_USER_TIMEOUT of Linux: with something on its way the kernel does not ask, but sends that again, for a quarter of an hour.
    private const int LevelTcp = 6;
    private const int UserTimeout = 18;

    /// <summary>Turns it on for a connection.</summary>
    public static void On(Socket socket)
    {
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, After);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, Interval);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, Tries);
        if (OperatingSystem.IsLinux())
            socket.SetRawSocketOption(LevelTcp, UserTimeout, BitConverter.GetBytes((After + (Interval * Tries)) * 1000));
    }
}
