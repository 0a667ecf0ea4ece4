namespace ChatAkka.Node.Telemetry;

/// <summary>The limits against abuse, as far as they are counted when they stop something. <see cref="NodeCounters"/> has their names.</summary>
internal enum LimitKind
{
    /// <summary>Reading from a connection paused, because of its lines.</summary>
    Lines,

    /// <summary>Reading from a connection paused, because of its bytes.</summary>
    Bytes,

    /// <summary>Reading from a connection paused, because of its chats.</summary>
    Chats,

    /// <summary>A connection was closed, because too many of its lines were answered with an error.</summary>
    Errors,

    /// <summary>A chat was refused, because its connection has too many new recipients.</summary>
    NewRecipientsOfConnection,

    /// <summary>A chat was refused, because too many of its connection were stored.</summary>
    StoredOfConnection,

    /// <summary>A connection was refused, because its address has too many.</summary>
    ConnectionsOfAddress,

    /// <summary>A connection was refused, because its address connects too often.</summary>
    ConnectsOfAddress,

    /// <summary>A login was not checked, because too many from its address failed.</summary>
    FailedLoginsOfAddress,

    /// <summary>A chat was refused, because its address has too many new recipients.</summary>
    NewRecipientsOfAddress,

    /// <summary>An address was forgotten although what it did counted still.</summary>
    AddressesForgotten,

    /// <summary>A connection was refused, because the table of addresses is full of addresses with connections.</summary>
    AddressTableFull,

    /// <summary>A connection from a proxy was closed, because it did not begin with a header of the PROXY protocol.</summary>
    ProxyHeaders,
}
