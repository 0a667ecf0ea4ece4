using ChatAkka.Node.Connections;

namespace ChatAkka.Node.Clients;

/// <summary>Events of a connection. Its stage and the listener send them to its actor; its actor sends <see cref="Left"/> to the listener.</summary>
internal static class ConnectionEvents
{
    /// <summary>The stage of the connection has started.</summary>
    /// <param name="Source">The source of the client's lines.</param>
    public sealed record SourceReady(ILineSource Source);

    /// <summary>The client closed its sending side. Lines that it sent before are still handled.</summary>
    public sealed class InputEnded
    {
        /// <summary>The one instance.</summary>
        public static readonly InputEnded Instance = new();
    }

    /// <summary>Tells the listener that this connection closes and no longer counts: only its last lines are still written.</summary>
    public sealed class Left
    {
        /// <summary>The one instance.</summary>
        public static readonly Left Instance = new();
    }

    /// <summary>Tells a closing connection to close its socket at once: too many connections are closing.</summary>
    public sealed class GiveUp
    {
        /// <summary>The one instance.</summary>
        public static readonly GiveUp Instance = new();
    }

    /// <summary>The socket is closed, for whatever reason.</summary>
    public sealed class SocketClosed
    {
        /// <summary>The one instance.</summary>
        public static readonly SocketClosed Instance = new();
    }

    /// <summary>The client does not read, and its outbound buffer is full.</summary>
    public sealed class Overflowed
    {
        /// <summary>The one instance.</summary>
        public static readonly Overflowed Instance = new();
    }
}
