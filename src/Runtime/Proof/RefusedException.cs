using System.Security.Authentication;

namespace ChatAkka.Runtime.Proof;

/// <summary>A connection between members was refused.</summary>
/// <param name="reason">Why.</param>
/// <param name="isByPeer">True if the other side refused it.</param>
internal sealed class RefusedException(Refusal reason, bool isByPeer) : Exception(TextOf(reason, isByPeer))
{
    /// <summary>Why.</summary>
    public Refusal Reason => reason;

    /// <summary>True if the other side refused it.</summary>
    public bool IsByPeer => isByPeer;

    /// <summary>Why a handshake failed, for people.</summary>
    public static string ReasonOf(Exception e) => e switch
    {
        RefusedException => e.Message,
        AuthenticationException => $"the TLS handshake failed. A certificate is missing, is for another host, or is not of chat.cluster.tls.authorities: {(e.InnerException ?? e).Message.TrimEnd('.')}",
        OperationCanceledException => "it does not finish the handshake in time, or too many are under way",
        EndOfStreamException => "it ended the connection instead of proving that it belongs to the cluster",
        _ => e.GetBaseException().Message,
    };

    private static string TextOf(Refusal reason, bool isByPeer) => (reason, isByPeer) switch
    {
        (Refusal.CookieNeeded, false) => "it proves no cookie (chat.cluster.cookie)",
        (Refusal.CookieNeeded, true) => "it needs a cookie, and this process has none: set chat.cluster.cookie to that of the cluster",
        (Refusal.OtherCookie, false) => "it has another cookie (chat.cluster.cookie), or none",
        (Refusal.OtherCookie, true) => "it has another cookie than this process: set chat.cluster.cookie to that of the cluster",
        (Refusal.WrongProof, _) => "the proof of the cookie is wrong (chat.cluster.cookie)",
        (Refusal.OtherAddress, false) => "the connection is meant for another address, or claims to come from this member's own one",
        (Refusal.OtherAddress, true) => "its address is another one than that at which it was dialled (chat.cluster.address)",
        (Refusal.TlsNeeded, false) => "it does not speak TLS (chat.cluster.tls)",
        (Refusal.TlsNeeded, true) => "it needs TLS: set chat.cluster.tls",
        (Refusal.NoTls, false) => "it speaks TLS, and this process does not (chat.cluster.tls)",
        (Refusal.NoTls, true) => "it does not speak TLS, and this process does (chat.cluster.tls)",
        (Refusal.OtherName, false) => "its certificate is for another host than its address",
        (Refusal.OtherName, true) => "the certificate of this process is for another host than its address (chat.cluster.tls.certificate)",
        (_, true) => "it did not understand this process",
        _ => "what it sends is no handshake of a member",
    };
}
