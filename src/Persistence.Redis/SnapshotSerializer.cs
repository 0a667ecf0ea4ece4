using Akka.Actor;
using Akka.Persistence;
using Akka.Serialization;

namespace ChatAkka.Persistence.Redis;

/// <summary>Akka serializer of <see cref="SelectedSnapshot"/>. It writes a <see cref="SnapshotMessage"/>, which contains the payload as bytes of the
/// payload's own serializer. It can also read the JSON of earlier versions.</summary>
/// <remarks>The snapshot store creates this serializer itself, so that no configuration can bind another one to its data. The serializer of the
/// payload comes from the configuration, as for events.</remarks>
/// <param name="system">The actor system, which has the serializers of payloads.</param>
internal sealed class SnapshotSerializer(ExtendedActorSystem system) : Serializer(system)
{
    /// <summary>The identifier that the package Akka.Persistence.Redis gives to this serializer.</summary>
    public const int Id = 48;

    /// <inheritdoc/>
    public override int Identifier => Id;

    /// <inheritdoc/>
    public override bool IncludeManifest => true;

    /// <summary>Decodes everything except the payload.</summary>
    /// <exception cref="FormatException">The bytes are not a snapshot, or are JSON with a type that is not allowed.</exception>
    public static SnapshotMessage Read(byte[] bytes) => JsonSnapshot.Is(bytes) ? JsonSnapshot.FromBytes(bytes) : SnapshotMessage.FromBytes(bytes);

    /// <inheritdoc/>
    public override byte[] ToBinary(object obj)
    {
        if (obj is not SelectedSnapshot { Metadata: var metadata, Snapshot: var state })
            throw new ArgumentException($"{obj.GetType()} is no snapshot", nameof(obj));
        var serializer = system.Serialization.FindSerializerFor(state);
        var bytes = Serialization.WithTransport(system, (serializer, state), static p => p.serializer.ToBinary(p.state));
        var manifest = Serialization.ManifestFor(serializer, state);
        return new SnapshotMessage(metadata.PersistenceId, metadata.SequenceNr, metadata.Timestamp, serializer.Identifier, manifest, bytes).ToBytes();
    }

    /// <inheritdoc/>
    public override object FromBinary(byte[] bytes, Type type) =>
        type == typeof(SelectedSnapshot) ? Decode(Read(bytes)) : throw new ArgumentException($"{type} is no snapshot", nameof(type));

    /// <summary>Decodes the payload.</summary>
    /// <exception cref="System.Runtime.Serialization.SerializationException">The payload's serializer does not exist, or cannot read the bytes.</exception>
    public SelectedSnapshot Decode(SnapshotMessage message) => new(
        new SnapshotMetadata(message.PersistenceId, message.SequenceNr, message.Timestamp),
        system.Serialization.Deserialize(message.Payload, message.SerializerId, message.Manifest));
}
