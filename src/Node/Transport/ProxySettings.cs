using System.Net;
using ChatAkka.Startup;

namespace ChatAkka.Node.Transport;

/// <summary>Proxies that say with the PROXY protocol where their clients come from.</summary>
/// <param name="Trusted">Their addresses. What any other address says is not believed.</param>
internal sealed record ProxySettings(IReadOnlyList<IPNetwork> Trusted)
{
    /// <summary>Reads <c>chat.listener.proxy-protocol</c>; null if it is not enabled.</summary>
    public static ProxySettings? Create(ConfigReader reader)
    {
        const string path = "chat.listener.proxy-protocol.";
        var isEnabled = reader.Choice(path + "enabled", "off", "on") == "on";
        var trusted = reader.Networks(path + "trusted");
        if (isEnabled && trusted.Count == 0)
            reader.Report(path + "trusted", "is empty: name the addresses of the proxies");
        return isEnabled ? new ProxySettings(trusted) : null;
    }

    /// <summary>True for the address of a proxy.</summary>
    public bool Trusts(IPAddress address)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return Trusted.Any(network => network.Contains(plain));
    }
}
