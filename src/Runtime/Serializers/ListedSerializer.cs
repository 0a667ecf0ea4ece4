using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Configuration;
using Akka.Serialization;
using Akka.Util;

namespace ChatAkka.Runtime.Serializers;

/// <summary>Stands before a serializer of Akka.NET and lets only those kinds of messages through that are on its list. Without a list it lets nothing through.</summary>
/// <remarks>
/// Several serializers of Akka.NET find a type by the name that came in the message, and make an object of it. Here a name is only compared with those on the list.
/// A serializer inside of another message is looked up in the same table, so the list counts at every depth. What is written is unchanged.
/// Settings, in <c>akka.actor.serialization-settings</c> under the name of the serializer:
/// <code>
/// id        = its number in messages
/// of        = "the class of Akka.NET"; without it everything is refused
/// manifests = the kinds of messages, as the serializer names them; "" for one that names none
/// types     = [ "Type, Assembly" ]: kinds of messages that are named by their type
/// registers = [ "Type, Assembly" ]: the types of values that a register of Distributed Data may have; the messages are such registers
/// </code>
/// docs/decisions/0051.
/// </remarks>
public sealed class ListedSerializer : SerializerWithStringManifest
{
    private readonly Lazy<Serializer?> _inner;
    private readonly HashSet<string> _manifests;
    private readonly Dictionary<string, Type> _types = [];
    private readonly HashSet<string> _registers;

    /// <summary>Made by Akka.</summary>
    /// <param name="system">The actor system.</param>
    /// <param name="config">The settings.</param>
    public ListedSerializer(ExtendedActorSystem system, Config config)
        : base(system)
    {
        Identifier = config.GetInt("id");
        _manifests = [.. config.GetStringList("manifests", [])];
        _registers = [.. config.GetStringList("registers", [])];
        var name = config.GetString("of", "");

        // At the start the settings of some serializers are not there yet.
        _inner = new Lazy<Serializer?>(() => Make(system, name));
        foreach (var type in config.GetStringList("types", []).Select(t => Type.GetType(t, throwOnError: false)).OfType<Type>())
            _types[type.TypeQualifiedName()] = type;
    }

    /// <inheritdoc/>
    public override int Identifier { get; }

    /// <inheritdoc/>
    public override string Manifest(object o)
    {
        var manifest = _inner.Value switch
        {
            SerializerWithStringManifest named => named.Manifest(o),
            { IncludeManifest: true } => o.GetType().TypeQualifiedName(),
            _ => "",
        };
        return IsListed(manifest) ? manifest : throw Refused($"{o.GetType()} does not pass between processes");
    }

    /// <inheritdoc/>
    public override byte[] ToBinary(object obj) =>
        _inner.Value?.ToBinary(obj) ?? throw Refused($"{obj.GetType()} does not pass between processes");

    /// <inheritdoc/>
    public override object FromBinary(byte[] bytes, string manifest)
    {
        manifest ??= "";
        if (_inner.Value is not { } inner || !IsListed(manifest))
            throw Refused($"a message of the kind '{manifest}' is not on the list of serializer {Identifier}");
        if (_registers.Count > 0 && !RegisterTypes.Of(bytes).All(_registers.Contains))
            throw Refused("a register has a value of a type that is not on the list");
        return inner is SerializerWithStringManifest named
            ? named.FromBinary(bytes, manifest)
            : inner.FromBinary(bytes, _types.GetValueOrDefault(manifest)!);
    }

    private bool IsListed(string manifest) => _manifests.Contains(manifest) || _types.ContainsKey(manifest);

    private static Serializer? Make(ExtendedActorSystem system, string name) =>
        name.Length > 0 && Type.GetType(name, throwOnError: false) is { } type ? (Serializer?)Activator.CreateInstance(type, system) : null;

    private static SerializationException Refused(string why) => new(why);
}
