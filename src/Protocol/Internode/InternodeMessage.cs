namespace ChatAkka.Protocol.Internode;

/// <summary>A message between processes. Each type has a manifest in <see cref="InternodeSerializer"/>.</summary>
/// <remarks>No other types can be sent: sending a message without a bound serializer fails (<c>allow-unregistered-types</c> in
/// <c>hocon/common.conf</c>).</remarks>
public abstract record InternodeMessage
{
    private protected InternodeMessage()
    {
    }
}
