using System.Text.Json;
using System.Text.Json.Serialization;

namespace ChatAkka.Protocol.Operators;

/// <summary>Writes and reads questions to agents and their answers as JSON. Unknown fields are ignored, so that versions can differ.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(NoQuestion))]
[JsonSerializable(typeof(NameQuestion))]
[JsonSerializable(typeof(SessionsQuestion))]
[JsonSerializable(typeof(SendQuestion))]
[JsonSerializable(typeof(DrainQuestion))]
[JsonSerializable(typeof(DrainReport))]
[JsonSerializable(typeof(DoneReport))]
[JsonSerializable(typeof(NodeReport))]
[JsonSerializable(typeof(SessionsReport))]
[JsonSerializable(typeof(SessionReport))]
[JsonSerializable(typeof(PlaceReport))]
[JsonSerializable(typeof(DepthReport))]
[JsonSerializable(typeof(TraceReport))]
[JsonSerializable(typeof(RelayReport))]
[JsonSerializable(typeof(AccountOrderQuestion))]
[JsonSerializable(typeof(AccountReport))]
[JsonSerializable(typeof(AccountsReport))]
[JsonSerializable(typeof(LoginsReport))]
public sealed partial class AgentJson : JsonSerializerContext
{
    /// <summary>Writes a question or an answer.</summary>
    public static byte[] Write<T>(T value) => JsonSerializer.SerializeToUtf8Bytes(value, typeof(T), Default);

    /// <summary>Reads a question or an answer.</summary>
    /// <exception cref="JsonException">The bytes are not valid JSON of this type.</exception>
    public static T Read<T>(ReadOnlyMemory<byte> json) =>
        (T?)JsonSerializer.Deserialize(json.Span, typeof(T), Default) ?? throw new JsonException("nothing is there");
}
