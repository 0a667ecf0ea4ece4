using System.Text;
using Akka.Actor;
using Akka.Persistence.Journal;
using Akka.Serialization;

namespace ChatAkka.Persistence.Redis.Tests.Contract;

/// <summary>Its serializer puts a dot before the text when it writes, and one behind it when it reads: so a test sees that it did both. The manifest
/// is the type.</summary>
public sealed record TypedDotted(string Text);

/// <summary>As <see cref="TypedDotted"/>; an event adapter gives it a manifest when it is an event.</summary>
public sealed record AdaptedDotted(string Text);

/// <summary>As <see cref="TypedDotted"/>, with a manifest in words.</summary>
public sealed record NamedDotted(string Text);

/// <summary>Can only be written where it is known at which address the actor is reached.</summary>
public sealed record Addressed(IActorRef Actor);

/// <summary>JSON cannot write it.</summary>
public sealed class Unwritable
{
    /// <summary>Ends the writing.</summary>
    public string Text => throw new NotSupportedException("there is no text");
}

public sealed class TypedDottedSerializer(ExtendedActorSystem system) : Serializer(system)
{
    public override int Identifier => 7496;

    public override bool IncludeManifest => true;

    public override byte[] ToBinary(object obj) => Encoding.UTF8.GetBytes("." + (obj is TypedDotted typed ? typed.Text : ((AdaptedDotted)obj).Text));

    public override object FromBinary(byte[] bytes, Type type)
    {
        var text = Encoding.UTF8.GetString(bytes) + ".";
        return type == typeof(TypedDotted) ? new TypedDotted(text)
            : type == typeof(AdaptedDotted) ? new AdaptedDotted(text)
            : throw new NotSupportedException($"type {type}");
    }
}

public sealed class NamedDottedSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    public override int Identifier => 7497;

    public override string Manifest(object o) => "dotted";

    public override byte[] ToBinary(object obj) => Encoding.UTF8.GetBytes("." + ((NamedDotted)obj).Text);

    public override object FromBinary(byte[] bytes, string manifest) => manifest == "dotted"
        ? new NamedDotted(Encoding.UTF8.GetString(bytes) + ".")
        : throw new NotSupportedException($"manifest {manifest}");
}

public sealed class AddressedSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    private readonly ExtendedActorSystem _system = system;

    public override int Identifier => 7498;

    public override string Manifest(object o) => "actor";

    public override byte[] ToBinary(object obj)
    {
        CheckTransport();
        return Encoding.UTF8.GetBytes(Serialization.SerializedActorPath(((Addressed)obj).Actor));
    }

    public override object FromBinary(byte[] bytes, string manifest)
    {
        CheckTransport();
        return manifest == "actor"
            ? new Addressed(_system.Provider.ResolveActorRef(Encoding.UTF8.GetString(bytes)))
            : throw new NotSupportedException($"manifest {manifest}");
    }

    private void CheckTransport()
    {
        if (Serialization.GetCurrentTransportInformation()?.System != _system)
            throw new InvalidOperationException("it is not known where this system is reached");
    }
}

public sealed class DottedAdapter : IWriteEventAdapter
{
    public string Manifest(object evt) => "adapted";

    public object ToJournal(object evt) => evt;
}
