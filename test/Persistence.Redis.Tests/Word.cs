using System.Text;
using Akka.Actor;
using Akka.Serialization;

namespace ChatAkka.Persistence.Redis.Tests;

/// <summary>An event with a serializer and a manifest of its own.</summary>
public sealed record Word(string Text);

/// <summary>Writes it as bare text under a manifest; refuses one word.</summary>
public sealed class WordSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    public const string Unspeakable = "unspeakable";

    public override int Identifier => 7499;

    public override string Manifest(object o) => "w1";

    public override byte[] ToBinary(object obj) => obj is Word { Text: not Unspeakable } word
        ? Encoding.UTF8.GetBytes(word.Text)
        : throw new NotSupportedException("there are no bytes for this");

    public override object FromBinary(byte[] bytes, string manifest) => manifest == "w1"
        ? new Word(Encoding.UTF8.GetString(bytes))
        : throw new NotSupportedException($"manifest {manifest}");
}
