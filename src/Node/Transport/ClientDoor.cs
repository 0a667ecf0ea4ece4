using System.Net;
using Akka.Streams.Dsl;
using ChatAkka.Node.Limits;

namespace ChatAkka.Node.Transport;

/// <summary>Lets accepted sockets in as far as the limits of their addresses allow, before anything is done for them that costs more.</summary>
/// <param name="addresses">The limits.</param>
/// <param name="proxies">Says where clients of proxies come from; null if there are no proxies.</param>
internal sealed class ClientDoor(AddressGate addresses, ProxyReader? proxies = null)
{
    /// <summary>A door that lets everybody in.</summary>
    public static ClientDoor Open { get; } = new(AddressGate.Open);

    /// <summary>Gives each socket its place. A socket that may not come in is closed, or goes on without a place so that its client can be told why.</summary>
    public Source<AcceptedSocket, TMat> Through<TMat>(Source<AcceptedSocket, TMat> accepted) =>
        (proxies is null ? accepted : accepted.SelectAsyncUnordered(ProxyReader.AtOnce, proxies.ReadAsync)).Select(Admit).Where(a => !a.IsClosed);

    private AcceptedSocket Admit(AcceptedSocket accepted)
    {
        if (accepted.IsClosed)
            return accepted;
        var place = addresses.Enter(((IPEndPoint)accepted.Remote).Address, out var mayTell);
        if (place is not null || mayTell)
            return accepted with { Place = place };
        accepted.Socket.Dispose();
        return accepted with { IsClosed = true };
    }
}
