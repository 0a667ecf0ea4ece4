using System.Net;
using System.Net.Sockets;

namespace ChatAkka.TestSupport;

/// <summary>Finds loopback ports that nobody uses.</summary>
public static class FreePorts
{
    private static readonly Lock s_gate = new();

    // Below the range the kernel gives to outgoing connections, and begun elsewhere in each test process.
    private static int s_next = 10_000 + (Environment.ProcessId * 37 % 20_000);

    /// <summary>Gives a port that is free now and that no other test of this process gets.</summary>
    public static int Next()
    {
        lock (s_gate)
        {
            while (true)
            {
                s_next = s_next >= 31_000 ? 10_000 : s_next + 1;
                try
                {
                    using var probe = new TcpListener(IPAddress.Loopback, s_next);
                    probe.Start();
                    return s_next;
                }
                catch (SocketException)
                {
                    // Taken: the next one.
                }
            }
        }
    }
}
