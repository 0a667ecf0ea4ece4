using System.Text.Json.Serialization;

namespace ChatAkka.Management.Wire;

/// <summary>How messages stand in frames.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true, MaxDepth = 16)]
[JsonSerializable(typeof(ClientMessage))]
[JsonSerializable(typeof(HostMessage))]
internal sealed partial class WireJson : JsonSerializerContext;
