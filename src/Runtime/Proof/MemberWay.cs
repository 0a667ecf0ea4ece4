namespace ChatAkka.Runtime.Proof;

/// <summary>How a connection between members begins.</summary>
internal enum MemberWay
{
    /// <summary>With the first payload of Akka.Remote.</summary>
    Bare,

    /// <summary>With the proof of a cookie.</summary>
    Cookie,

    /// <summary>With a TLS handshake, and then with the proof of a cookie, if there is one.</summary>
    Tls,
}

/// <summary>A connection whose beginning is over.</summary>
/// <param name="Tls">The connection, if it is by TLS; null if its bytes go over the socket as they are.</param>
/// <param name="From">The address of the member that dialled, as HOST:PORT; null if it did not have to tell it.</param>
/// <param name="Start">Bytes of Akka.Remote that were read already.</param>
internal sealed record BegunConnection(Stream? Tls, string? From, ReadOnlyMemory<byte> Start);
