namespace ChatAkka.Sabotage;

/// <summary>Protections of ChatAkka that this program leaves out.</summary>
[Flags]
internal enum Flaw
{
    /// <summary>As it should be.</summary>
    None = 0,

    /// <summary><c>no-tombstone</c>: who is declared dead is not fenced.</summary>
    NoTombstone = 1,

    /// <summary><c>no-compare</c>: sessions are deleted whoever holds them.</summary>
    NoCompare = 2,

    /// <summary><c>no-resend</c>: links do not send again what was not acknowledged.</summary>
    NoResend = 4,
}
