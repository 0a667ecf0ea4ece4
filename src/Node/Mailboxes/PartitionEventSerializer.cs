using Akka.Actor;
using Akka.Serialization;

namespace ChatAkka.Node.Mailboxes;

/// <summary>The Akka serializer for the events of partitions in the journal. It is bound in <c>hocon/node.conf</c>.</summary>
/// <remarks>Each manifest names a layout. A changed layout gets a new manifest, and no manifest is ever used again, because journals live long.
/// <c>pt1</c> is the layout of <see cref="PartitionTurn"/>.</remarks>
internal sealed class PartitionEventSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    /// <summary>Identifies this serializer in the journal.</summary>
    public const int Id = 7412;

    private const string Turn = "pt1";

    /// <inheritdoc/>
    public override int Identifier => Id;

    /// <inheritdoc/>
    public override string Manifest(object o) => o is PartitionEvent ? Turn : throw new ArgumentException($"{o.GetType()} is no event of a partition", nameof(o));

    /// <inheritdoc/>
    public override byte[] ToBinary(object obj) => ((PartitionEvent)obj).Bytes;

    /// <inheritdoc/>
    public override object FromBinary(byte[] bytes, string manifest) => manifest == Turn
        ? new PartitionEvent(bytes)
        : throw new System.Runtime.Serialization.SerializationException($"an event of a mailbox has the unknown manifest '{manifest}': a newer version of the server wrote it");
}
