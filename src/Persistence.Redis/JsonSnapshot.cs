using System.Text.Json;

namespace ChatAkka.Persistence.Redis;

/// <summary>Reads a snapshot of earlier versions of this plugin: JSON that contains the names of .NET types.</summary>
/// <remarks>
/// <code>
/// {"$id":"1","$type":"Akka.Persistence.SelectedSnapshot, Akka.Persistence",
///  "Metadata":{"$id":"2","$type":"Akka.Persistence.SnapshotMetadata, Akka.Persistence","PersistenceId":"…","SequenceNr":10,"Timestamp":"2026-01-02T03:04:05Z"},
///  "Snapshot":{"$type":"System.Byte[], System.Private.CoreLib","$value":"base64"}}
/// </code>
/// No type is loaded by its name: the names are only compared with the allowed ones, and anything else is refused. So nobody who can
/// write to Redis chooses with this form which class the process creates. (The form of today names a serializer by its number, as the journal does; which
/// serializers there are is up to the configuration.) The only payload that was ever saved is the bytes of a mailbox.
/// </remarks>
internal static class JsonSnapshot
{
    /// <summary>Akka's serializer of <c>byte[]</c>, which has no manifest.</summary>
    public const int BytesSerializerId = 4;

    private const string SnapshotType = "Akka.Persistence.SelectedSnapshot, Akka.Persistence";
    private const string MetadataType = "Akka.Persistence.SnapshotMetadata, Akka.Persistence";
    private const string BytesType = "System.Byte[], System.Private.CoreLib";

    /// <summary>True if the bytes are JSON. A <see cref="SnapshotMessage"/> never begins like that: it would be a group, and its definition has none.</summary>
    public static bool Is(byte[] bytes) => bytes is [(byte)'{', ..];

    /// <summary>Decodes a snapshot.</summary>
    /// <exception cref="FormatException">The JSON does not have the form that this plugin wrote, or contains a type that is not allowed.</exception>
    public static SnapshotMessage FromBytes(byte[] bytes)
    {
        try
        {
            using var json = JsonDocument.Parse(bytes);
            var root = json.RootElement;
            Check(root, SnapshotType);
            var metadata = root.GetProperty("Metadata");
            Check(metadata, MetadataType);
            var payload = root.GetProperty("Snapshot");
            Check(payload, BytesType);
            return new SnapshotMessage(
                metadata.GetProperty("PersistenceId").GetString() ?? "",
                metadata.GetProperty("SequenceNr").GetInt64(),
                metadata.GetProperty("Timestamp").GetDateTime(),
                BytesSerializerId,
                "",
                payload.GetProperty("$value").GetBytesFromBase64());
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new FormatException($"a snapshot in JSON is not as this plugin wrote it: {e.Message}", e);
        }
    }

    private static void Check(JsonElement element, string allowed)
    {
        var type = element.GetProperty("$type").GetString();
        if (type != allowed)
            throw new FormatException($"a snapshot in JSON has the type '{type}' where only '{allowed}' is allowed");
    }
}
