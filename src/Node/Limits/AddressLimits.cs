using System.Net;

namespace ChatAkka.Node.Limits;

/// <summary>What all connections from one address may do together: one address of IPv4, or one /64 of IPv6. A limit that is null is none.</summary>
/// <param name="Connections">Connections that are open at a time.</param>
/// <param name="Connects">New connections.</param>
/// <param name="FailedLogins">Logins that fail. Beyond it a login is not checked any more.</param>
/// <param name="NewRecipients">New recipients of all connections of the address.</param>
/// <param name="TableSize">Of how many addresses the node remembers what they did.</param>
/// <param name="Exempt">Addresses that have no limits.</param>
internal sealed record AddressLimits(
    int? Connections, Rate? Connects, Rate? FailedLogins, Rate? NewRecipients, int TableSize, IReadOnlyList<IPNetwork> Exempt)
{
    /// <summary>So many connections beyond the limits are told why they are closed. The others are only closed, which costs less.</summary>
    public static Rate Told { get; } = new(perSecond: 2, burst: 20);

    /// <summary>No limit at all.</summary>
    public static AddressLimits None { get; } = new(null, null, null, null, TableSize: 1, [IPNetwork.Parse("0.0.0.0/0"), IPNetwork.Parse("::/0")]);
}
