using System.Runtime.Serialization;
using Google.Protobuf;

namespace ChatAkka.Runtime.Serializers;

/// <summary>Finds the names of types in a register of Distributed Data, before its serializer looks for the types.</summary>
/// <remarks>
/// <code>
/// LWWRegister { 4: TypeDescriptor { 1: kind of value; 2: name of the type } }
/// </code>
/// A register that has no name has a value of a plain type. Every name is found, also if a field comes more than once.
/// </remarks>
internal static class RegisterTypes
{
    private const uint Descriptor = (4 << 3) | 2;
    private const uint Name = (2 << 3) | 2;

    /// <summary>The names.</summary>
    /// <exception cref="SerializationException">It is no register.</exception>
    public static IReadOnlyList<string> Of(byte[] register)
    {
        try
        {
            var names = new List<string>();
            foreach (var descriptor in Fields(register, Descriptor))
                names.AddRange(Fields(descriptor.ToByteArray(), Name).Select(n => n.ToStringUtf8()));
            return names;
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new SerializationException("no register of Distributed Data", e);
        }
    }

    private static List<ByteString> Fields(byte[] message, uint wanted)
    {
        var found = new List<ByteString>();
        var input = new CodedInputStream(message);
        while (input.ReadTag() is > 0 and var tag)
        {
            if (tag == wanted)
                found.Add(input.ReadBytes());
            else
                input.SkipLastField();
        }

        return found;
    }
}
