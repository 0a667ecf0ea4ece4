namespace ChatAkka.Runtime.Proof;

/// <summary>Why a connection between members was refused. The numbers are sent.</summary>
internal enum Refusal : byte
{
    /// <summary>What came is no part of a handshake.</summary>
    NotUnderstood = 1,

    /// <summary>The other side proves no cookie.</summary>
    CookieNeeded = 2,

    /// <summary>The two sides have no cookie in common.</summary>
    OtherCookie = 3,

    /// <summary>The proof of the cookie is wrong.</summary>
    WrongProof = 4,

    /// <summary>The connection was meant for another address, or comes from this member's own one.</summary>
    OtherAddress = 5,

    /// <summary>TLS is needed.</summary>
    TlsNeeded = 6,

    /// <summary>TLS is not spoken here.</summary>
    NoTls = 7,

    /// <summary>The certificate is for another host than the member's.</summary>
    OtherName = 8,
}
