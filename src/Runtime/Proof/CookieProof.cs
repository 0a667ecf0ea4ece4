using System.Security.Cryptography;
using static ChatAkka.Runtime.Proof.ProofWire;

namespace ChatAkka.Runtime.Proof;

/// <summary>Both members of a connection prove to each other that they have a cookie in common, and tell each other their addresses.</summary>
/// <remarks>
/// <code>
/// dialling: Hello --> dialled: Challenge --> dialling: Proof --> dialled: Welcome
/// </code>
/// Each side gives 32 random bytes, and the proofs are about both of them, about both addresses, about the cookie that was chosen, and about the side that
/// gives the proof. So a proof is good for one connection, in one direction, between these two members. If neither side has a cookie the messages are the
/// same and prove nothing; that is for connections by TLS, where the certificate proves who the other side is.
/// </remarks>
/// <param name="cookies">This member's cookies. Empty: it has none.</param>
/// <param name="mayGoWithout">True if members without a cookie are taken although this one has some: during a change.</param>
internal sealed class CookieProof(IReadOnlyList<Cookie> cookies, bool mayGoWithout)
{
    /// <summary>How much of a challenge comes before its proof.</summary>
    private const int Unproven = NonceBytes + Cookie.IdBytes;

    private static ReadOnlySpan<byte> DialledSide => "chatakka dialled 1"u8;

    private static ReadOnlySpan<byte> DiallingSide => "chatakka dialling 1"u8;

    /// <summary>The side that dialled.</summary>
    /// <param name="peer">The connection.</param>
    /// <param name="self">This member's address.</param>
    /// <param name="other">The address that was dialled.</param>
    /// <param name="stop">Ends it.</param>
    /// <exception cref="RefusedException">One of the two refused the other.</exception>
    public async Task DialAsync(Stream peer, string self, string other, CancellationToken stop)
    {
        var hello = Hello(RandomNumberGenerator.GetBytes(NonceBytes), self, other, cookies);
        await peer.WriteAsync(Message(Kind.Hello, hello), stop).ConfigureAwait(false);
        var challenge = await ReceiveAsync(peer, Kind.Challenge, stop).ConfigureAwait(false);
        if (challenge.Length != Unproven + MacBytes)
            throw new RefusedException(Refusal.NotUnderstood, isByPeer: false);
        var cookie = Find([challenge[NonceBytes..Unproven]], peerHasNone: challenge.AsSpan(NonceBytes, Cookie.IdBytes).SequenceEqual(Cookie.None.Id));
        if (!IsEqual(challenge.AsSpan(Unproven), cookie.Mac(DialledSide, hello, challenge.AsSpan(0, Unproven))))
            throw new RefusedException(Refusal.WrongProof, isByPeer: false);
        await peer.WriteAsync(Message(Kind.Proof, cookie.Mac(DiallingSide, hello, challenge)), stop).ConfigureAwait(false);
        await ReceiveAsync(peer, Kind.Welcome, stop).ConfigureAwait(false);
    }

    /// <summary>The side that was dialled.</summary>
    /// <param name="peer">The connection.</param>
    /// <param name="self">This member's address.</param>
    /// <param name="mayCome">Says whether the member at an address may come over this connection.</param>
    /// <param name="stop">Ends it.</param>
    /// <returns>The address of the other member.</returns>
    /// <exception cref="RefusedException">One of the two refused the other.</exception>
    public async Task<string> AcceptAsync(Stream peer, string self, Func<string, bool> mayCome, CancellationToken stop)
    {
        var hello = await ReceiveAsync(peer, Kind.Hello, stop).ConfigureAwait(false);
        if (ReadHello(hello) is not var (from, to, ids))
            throw new RefusedException(Refusal.NotUnderstood, isByPeer: false);
        if (to != self || from == self)
            throw new RefusedException(Refusal.OtherAddress, isByPeer: false);
        if (!mayCome(from))
            throw new RefusedException(Refusal.OtherName, isByPeer: false);
        var cookie = Find(ids, peerHasNone: ids.Count == 0);
        byte[] unproven = [.. RandomNumberGenerator.GetBytes(NonceBytes), .. cookie.Id];
        byte[] challenge = [.. unproven, .. cookie.Mac(DialledSide, hello, unproven)];
        await peer.WriteAsync(Message(Kind.Challenge, challenge), stop).ConfigureAwait(false);
        var proof = await ReceiveAsync(peer, Kind.Proof, stop).ConfigureAwait(false);
        if (!IsEqual(proof, cookie.Mac(DiallingSide, hello, challenge)))
            throw new RefusedException(Refusal.WrongProof, isByPeer: false);
        await peer.WriteAsync(Message(Kind.Welcome, []), stop).ConfigureAwait(false);
        return from;
    }

    /// <summary>The cookie that both sides have. A member without any goes by TLS, and so does its peer.</summary>
    private Cookie Find(IReadOnlyList<byte[]> ids, bool peerHasNone)
    {
        if (cookies.Count == 0)
            return Cookie.None;
        return cookies.FirstOrDefault(c => ids.Any(id => id.AsSpan().SequenceEqual(c.Id)))
            ?? (peerHasNone && mayGoWithout ? Cookie.None : throw new RefusedException(peerHasNone ? Refusal.CookieNeeded : Refusal.OtherCookie, isByPeer: false));
    }

    private static bool IsEqual(ReadOnlySpan<byte> given, ReadOnlySpan<byte> expected) => CryptographicOperations.FixedTimeEquals(given, expected);

    private static async Task<byte[]> ReceiveAsync(Stream peer, Kind expected, CancellationToken stop)
    {
        var header = new byte[HeaderBytes];
        await peer.ReadExactlyAsync(header, stop).ConfigureAwait(false);
        if (Header(header) is not var (kind, length))
            throw new RefusedException(Refusal.NotUnderstood, isByPeer: false);
        var body = new byte[length];
        await peer.ReadExactlyAsync(body, stop).ConfigureAwait(false);
        if (kind == Kind.Refused)
            throw new RefusedException(length == 1 ? (Refusal)body[0] : Refusal.NotUnderstood, isByPeer: true);
        return kind == expected ? body : throw new RefusedException(Refusal.NotUnderstood, isByPeer: false);
    }
}
