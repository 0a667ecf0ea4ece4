using Akka.Actor;
using Akka.Serialization;
using ChatAkka.Protocol;
using ChatAkka.Protocol.Internode;

namespace ChatAkka.Sabotage;

/// <summary>Writes each entry of a link once: a frame that is sent again goes out without its entries, as if the link could not send again.</summary>
/// <param name="system">The system it works for.</param>
public sealed class ForgetfulSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    private readonly InternodeSerializer _inner = new(system);
    private readonly Dictionary<NodeId, long> _written = [];

    /// <inheritdoc/>
    public override int Identifier => InternodeSerializer.Id;

    /// <inheritdoc/>
    public override string Manifest(object o) => _inner.Manifest(o);

    /// <inheritdoc/>
    public override byte[] ToBinary(object obj) => _inner.ToBinary(obj is LinkFrame frame ? Forget(frame) : obj);

    /// <inheritdoc/>
    public override object FromBinary(byte[] bytes, string manifest) => _inner.FromBinary(bytes, manifest);

    private LinkFrame Forget(LinkFrame frame)
    {
        var body = LinkBody.Parse(frame.Body);
        lock (_written)
        {
            var last = _written.GetValueOrDefault(frame.Target);
            if (body.Count == 0 || body.First > last)
            {
                _written[frame.Target] = Math.Max(last, body.First + body.Count - 1);
                return frame;
            }
        }

        var rest = new LinkBody
        {
            First = body.First,
            Count = 0,
            AckSeen = body.AckSeen,
            Ack = body.Ack,
            Gap = body.Gap,
            Failures = body.Failures,
            Entries = ReadOnlyMemory<byte>.Empty,
        };
        return frame with { Body = rest.ToBytes() };
    }
}
