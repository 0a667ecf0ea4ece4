using Akka.Actor;

namespace ChatAkka.Node.Links;

/// <summary>The messages between the actors of this layer, and from other actors of this node to them. Messages from other processes are declared in
/// <c>src/Protocol/Internode</c>.</summary>
internal static class LinkMessages
{
    /// <summary>Tells a link's actor to send what may be sent now.</summary>
    public sealed record Flush;

    /// <summary>Tells a link's actor that a relay can be used: the first one, one with a later term, or one that was doubted and has sent a
    /// heartbeat.</summary>
    /// <param name="Relay">The relay.</param>
    public sealed record RelayBecameUsable(IActorRef Relay);

    /// <summary>Tells a link's actor that the relay cannot be used any more.</summary>
    public sealed record RelayBecameUnusable;

    /// <summary>Tells a link's actor that the other node's gateway has started.</summary>
    /// <param name="Gateway">The gateway. Sending to its reference costs less than sending to its path.</param>
    public sealed record TargetStarted(IActorRef Gateway);

    /// <summary>Tells a link's actor that a connection to the other node was lost, together with the frames in flight on it.</summary>
    public sealed record TargetDisconnected;

    /// <summary>Tells a link's actor that the other node is gone for good, and that the link must be closed.</summary>
    public sealed record CloseLink;

    /// <summary>Tells a link's actor that an acknowledgement has waited long enough for a frame that carries it.</summary>
    public sealed record AckDelayEnded;

    /// <summary>Tells a link's actor to check whether acknowledgements come.</summary>
    public sealed record CheckProgress;

    /// <summary>Tells the gateway what this node tells the other nodes about itself.</summary>
    /// <param name="ClientAddress">Where clients reach this node by TCP; empty while it does not listen.</param>
    /// <param name="TlsAddress">Where they reach it by TLS; empty if it does not listen there.</param>
    /// <param name="Connections">How many connections it has now.</param>
    /// <param name="Capacity">The most connections it accepts; 0 while it accepts none.</param>
    public sealed record OwnStatus(string ClientAddress, string TlsAddress, int Connections, int Capacity);

    /// <summary>Tells the gateway that a relay's actor has ended, or that its member is gone.</summary>
    /// <param name="Relay">The relay.</param>
    public sealed record RelayEnded(IActorRef Relay);

    /// <summary>Tells the gateway to check whether heartbeats of the relay come.</summary>
    public sealed record CheckRelay;

    /// <summary>Tells the gateway to send the status of this node to the other nodes, if that is due.</summary>
    public sealed record SendStatus;
}
