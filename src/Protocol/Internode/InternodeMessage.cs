namespace ChatAkka.Protocol.Internode;

/// <summary>A message that passes between processes. Every one has a manifest in <see cref="InternodeSerializer"/>.</summary>
/// <remarks>Closed family: an unbound message would silently fall back to Newtonsoft JSON in Akka.Remote.</remarks>
public abstract record InternodeMessage
{
    private protected InternodeMessage()
    {
    }
}
