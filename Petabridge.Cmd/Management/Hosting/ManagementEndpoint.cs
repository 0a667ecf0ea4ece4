using System.Net;
using System.Net.Sockets;
using ChatAkka.Startup;

namespace ChatAkka.Management.Hosting;

/// <summary>The socket at which clients connect, bound before anything else starts.</summary>
public sealed class ManagementEndpoint : IDisposable
{
    private const int Backlog = 64;

    private readonly Socket? _socket;

    private ManagementEndpoint(Socket? socket) => _socket = socket;

    /// <summary>The listening socket; null if there is none.</summary>
    internal Socket? Socket => _socket;

    /// <summary>Binds the socket.</summary>
    /// <param name="settings">Has the address.</param>
    /// <param name="warnings">Told if the default port is in use. The process then starts without it, and takes it over when it is free.</param>
    /// <exception cref="ConfigException">The address was asked for and cannot be bound.</exception>
    public static ManagementEndpoint Bind(ManagementSettings settings, TextWriter warnings)
    {
        if (settings.Address is not { } address)
            return new ManagementEndpoint(null);
        if (TryListen(address, out var problem) is { } socket)
            return new ManagementEndpoint(socket);
        if (settings.IsAsked)
            throw new ConfigException([$"petabridge.cmd.port: cannot listen for pbm on {address}: {problem}. Name another address with --pbm HOST:PORT, or --pbm off"]);
        warnings.WriteLine($"warning: {address} is in use ({problem}): pbm can manage this process only when that address is free. Name another address with --pbm HOST:PORT, or --pbm off");
        return new ManagementEndpoint(null);
    }

    /// <summary>Listens at an address. Gives null if that is not possible; <paramref name="problem"/> says why.</summary>
    internal static Socket? TryListen(HostPort address, out string problem)
    {
        problem = "";
        Socket? socket = null;
        try
        {
            var endpoint = new IPEndPoint(AddressOf(address.Host), address.Port);
            socket = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(endpoint);
            socket.Listen(Backlog);
            return socket;
        }
        catch (SocketException e)
        {
            socket?.Dispose();
            problem = e.Message;
            return null;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _socket?.Dispose();

    private static IPAddress AddressOf(string host) =>
        IPAddress.TryParse(host, out var address) ? address : Dns.GetHostAddresses(host).First();
}
