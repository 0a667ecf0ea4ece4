using ChatAkka.Node.Connections;

namespace ChatAkka.Node.Clients;

/// <summary>What happens to a connection, told to its actor by the stage and by the actor to the listener.</summary>
internal static class ConnectionEvents
{
    /// <summary>The stage of the connection runs.</summary>
    /// <param name="Source">Where lines come from.</param>
    public sealed record SourceReady(ILineSource Source);

    /// <summary>The client sent its last byte; what came before is still handled.</summary>
    public sealed class InputEnded
    {
        /// <summary>The one instance.</summary>
        public static readonly InputEnded Instance = new();
    }

    /// <summary>Tells the listener that this client is sent away: only its last lines are still written.</summary>
    public sealed class Left
    {
        /// <summary>The one instance.</summary>
        public static readonly Left Instance = new();
    }

    /// <summary>Tells a connection that is being closed that its time is over: others need its place among those.</summary>
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

    /// <summary>The client does not read.</summary>
    public sealed class Overflowed
    {
        /// <summary>The one instance.</summary>
        public static readonly Overflowed Instance = new();
    }
}
