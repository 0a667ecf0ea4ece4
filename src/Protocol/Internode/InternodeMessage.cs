namespace ChatAkka.Protocol.Internode;

/// <summary>A message that passes between processes. Every one has a manifest in <see cref="InternodeSerializer"/>.</summary>
/// <remarks>Closed family: a message that is bound to no serializer fails where it is sent (<c>allow-unregistered-types</c> in <c>hocon/common.conf</c>).</remarks>
public abstract record InternodeMessage
{
    private protected InternodeMessage()
    {
    }
}
