using System.Globalization;

namespace ChatAkka.Startup;

/// <summary>A host name or address and a port.</summary>
/// <param name="Host">Host name, IPv4 address, or IPv6 address without brackets.</param>
/// <param name="Port">0 to 65535. With 0 the system chooses a free port, if the setting allows it.</param>
public sealed record HostPort(string Host, int Port)
{
    /// <summary>Reads <c>HOST:PORT</c> or <c>[IPv6]:PORT</c>; null if <paramref name="text"/> has neither form.</summary>
    public static HostPort? TryParse(string text)
    {
        var colon = text.LastIndexOf(':');
        if (colon < 1 || !ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port))
            return null;
        var host = text[..colon];
        if (host.StartsWith('[') && host.EndsWith(']'))
            host = host[1..^1];
        else if (host.Contains(':'))
            return null;
        return Uri.CheckHostName(host) == UriHostNameType.Unknown ? null : new HostPort(host, port);
    }

    /// <summary>Gives <c>HOST:PORT</c>, with brackets around an IPv6 address.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{(Host.Contains(':') ? $"[{Host}]" : Host)}:{Port}");
}
