namespace ChatAkka.Node.Transport;

/// <summary>What is asked of clients' certificates.</summary>
internal enum ClientCertificates
{
    /// <summary>No client is asked for a certificate.</summary>
    Off,

    /// <summary>A client may give a certificate. One that is not valid ends the connection.</summary>
    Optional,

    /// <summary>A client without a valid certificate is not let in.</summary>
    Required,
}
