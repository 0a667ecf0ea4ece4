using System.Net;
using Akka.Event;

namespace ChatAkka.Node.Transport;

/// <summary>Tells operators of handshakes that failed, in at most one line in a while, however many fail.</summary>
/// <param name="pace">The least time between two lines.</param>
/// <param name="log">Where they are told.</param>
/// <param name="time">The clock.</param>
internal sealed class HandshakeFailures(TimeSpan pace, ILoggingAdapter log, TimeProvider time)
{
    private readonly Lock _gate = new();
    private long? _lastLine;
    private int _untold;

    /// <summary>A handshake failed.</summary>
    /// <param name="client">The client's address.</param>
    /// <param name="reason">Why, for people.</param>
    public void Add(EndPoint client, string reason)
    {
        int others;
        lock (_gate)
        {
            if (_lastLine is { } last && time.GetElapsedTime(last) < pace)
            {
                _untold++;
                return;
            }

            _lastLine = time.GetTimestamp();
            (others, _untold) = (_untold, 0);
        }

        log.Warning("TLS handshake with {0} failed, and the connection is closed: {1}. Handshakes that failed since the last such line: {2}", client, reason, others);
    }
}
