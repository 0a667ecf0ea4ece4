namespace ChatAkka.Management.Client;

/// <summary>There is no connection to a host, or none any more; the message says why, in one line.</summary>
internal sealed class NoConnectionException(string message) : Exception(message);
