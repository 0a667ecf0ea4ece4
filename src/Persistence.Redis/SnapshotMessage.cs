using System.Text;

namespace ChatAkka.Persistence.Redis;

/// <summary>A snapshot as it is stored in Redis: the protobuf message <c>SnapshotMessage</c> of the package Akka.Persistence.Redis.</summary>
/// <remarks>
/// <code>
/// SnapshotMessage    1 persistenceId: string   2 sequenceNr: int64   3 timeStamp: Timestamp   4 payload: PersistentPayload
/// Timestamp          1 seconds: int64, since 1970-01-01 UTC   2 nanos: int32
/// PersistentPayload  1 serializerId: int32   2 payload: bytes   3 payloadManifest: bytes, UTF-8
/// </code>
/// The definition: <c>src/Akka.Persistence.Redis/Serialization/SnapshotMessages.proto</c> in github.com/akkadotnet/Akka.Persistence.Redis.
/// The reader ignores fields that are not in the definition.
/// </remarks>
/// <param name="PersistenceId">The entity.</param>
/// <param name="SequenceNr">Number of the last event in the snapshot.</param>
/// <param name="Timestamp">When it was saved. The date and time count as UTC, whatever kind they are.</param>
/// <param name="SerializerId">The serializer of the payload.</param>
/// <param name="Manifest">The serializer's manifest of the type; empty if it has none.</param>
/// <param name="Payload">The state of the entity, as bytes of that serializer.</param>
internal sealed record SnapshotMessage(string PersistenceId, long SequenceNr, DateTime Timestamp, int SerializerId, string Manifest, byte[] Payload)
{
    private const int NanosPerTick = 100;
    private static readonly long s_minSeconds = (DateTime.MinValue.Ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerSecond;
    private static readonly long s_maxSeconds = (DateTime.MaxValue.Ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerSecond;

    /// <summary>Encodes the message.</summary>
    public byte[] ToBytes()
    {
        var id = Encoding.UTF8.GetBytes(PersistenceId);
        var manifest = Encoding.UTF8.GetBytes(Manifest);
        var (seconds, nanos) = Split(Timestamp);
        var timeSize = ProtobufWriter.SizeOfNumber(seconds) + ProtobufWriter.SizeOfNumber(nanos);
        var payloadSize = ProtobufWriter.SizeOfNumber(SerializerId) + ProtobufWriter.SizeOfBytes(Payload.Length) + ProtobufWriter.SizeOfBytes(manifest.Length);

        var bytes = new byte[ProtobufWriter.SizeOfBytes(id.Length) + ProtobufWriter.SizeOfNumber(SequenceNr)
            + ProtobufWriter.SizeOfMessage(timeSize) + ProtobufWriter.SizeOfMessage(payloadSize)];
        var writer = new ProtobufWriter(bytes);
        writer.Bytes(1, id);
        writer.Number(2, SequenceNr);
        writer.BeginMessage(3, timeSize);
        writer.Number(1, seconds);
        writer.Number(2, nanos);
        writer.BeginMessage(4, payloadSize);
        writer.Number(1, SerializerId);
        writer.Bytes(2, Payload);
        writer.Bytes(3, manifest);
        return bytes;
    }

    /// <summary>Decodes a message.</summary>
    /// <exception cref="FormatException">The bytes are not such a message.</exception>
    public static SnapshotMessage FromBytes(byte[] bytes)
    {
        var (id, number, time, payload) = ("", 0L, default(DateTime?), default((int Serializer, string Manifest, byte[] Bytes)?));
        var reader = new ProtobufReader(bytes);
        while (reader.TryReadTag(out var tag))
        {
            switch (tag)
            {
                case (1 << 3) | 2:
                    id = reader.Text();
                    break;
                case 2 << 3:
                    number = reader.Varint();
                    break;
                case (3 << 3) | 2:
                    time = ReadTime(reader.Bytes());
                    break;
                case (4 << 3) | 2:
                    payload = ReadPayload(reader.Bytes());
                    break;
                default:
                    reader.Skip(tag);
                    break;
            }
        }

        return time is { } at && payload is { } state
            ? new SnapshotMessage(id, number, at, state.Serializer, state.Manifest, state.Bytes)
            : throw new FormatException("a snapshot has no time stamp or no payload");
    }

    private static (long Seconds, int Nanos) Split(DateTime time)
    {
        var (seconds, ticks) = Math.DivRem(time.Ticks - DateTime.UnixEpoch.Ticks, TimeSpan.TicksPerSecond);

        // The fraction of a second always counts forward in time, even before 1970.
        return ticks < 0
            ? (seconds - 1, (int)(ticks + TimeSpan.TicksPerSecond) * NanosPerTick)
            : (seconds, (int)ticks * NanosPerTick);
    }

    private static DateTime ReadTime(ReadOnlySpan<byte> bytes)
    {
        var (seconds, nanos) = (0L, 0L);
        var reader = new ProtobufReader(bytes);
        while (reader.TryReadTag(out var tag))
        {
            switch (tag)
            {
                case 1 << 3:
                    seconds = reader.Varint();
                    break;
                case 2 << 3:
                    nanos = reader.Varint();
                    break;
                default:
                    reader.Skip(tag);
                    break;
            }
        }

        if (seconds < s_minSeconds || seconds > s_maxSeconds || nanos is < 0 or > 999_999_999)
            throw new FormatException($"a time stamp is {seconds} s and {nanos} ns");
        return DateTime.UnixEpoch.AddTicks((seconds * TimeSpan.TicksPerSecond) + (nanos / NanosPerTick));
    }

    private static (int Serializer, string Manifest, byte[] Bytes) ReadPayload(ReadOnlySpan<byte> bytes)
    {
        var (serializer, manifest, payload) = (0, "", Array.Empty<byte>());
        var reader = new ProtobufReader(bytes);
        while (reader.TryReadTag(out var tag))
        {
            switch (tag)
            {
                case 1 << 3:
                    serializer = unchecked((int)reader.Varint());
                    break;
                case (2 << 3) | 2:
                    payload = reader.Bytes().ToArray();
                    break;
                case (3 << 3) | 2:
                    manifest = reader.Text();
                    break;
                default:
                    reader.Skip(tag);
                    break;
            }
        }

        return (serializer, manifest, payload);
    }
}
