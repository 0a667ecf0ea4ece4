using System.Globalization;
using Google.Protobuf;

namespace ChatAkka.Runtime;

/// <summary>Reads from the first payload of an association which member it claims to come from.</summary>
/// <remarks>
/// The payload is Akka.Remote's own message, whose types are not public:
/// <code>
/// AkkaProtocolMessage { 2: AkkaControlMessage { 1: command, 1 is ASSOCIATE; 2: AkkaHandshakeInfo { 1: AddressData { 2: host; 3: port } } } }
/// </code>
/// As in every reader of this encoding, the last value of a field counts, and a field of another wire type is another field.
/// </remarks>
internal static class AssociateOrigin
{
    private const int Associate = 1;

    /// <summary>Tags: the number of the field, and whether it is a number or bytes.</summary>
    private const uint First = (1 << 3) | 2;
    private const uint FirstNumber = 1 << 3;
    private const uint Second = (2 << 3) | 2;
    private const uint ThirdNumber = 3 << 3;

    /// <summary>The claimed address as HOST:PORT; null if the payload does not ask for an association.</summary>
    public static string? Of(ReadOnlySpan<byte> payload)
    {
        try
        {
            var found = new Found();
            Read(new CodedInputStream(payload.ToArray()), depth: 0, found);
            return found is { Command: Associate, Host: { } host } ? string.Create(CultureInfo.InvariantCulture, $"{host}:{found.Port}") : null;
        }
        catch (Exception e) when (e is InvalidProtocolBufferException or InvalidOperationException or ArgumentException)
        {
            return null;
        }
    }

    /// <summary>Reads a message. Only the field that leads to the address is entered, at each depth.</summary>
    private static void Read(CodedInputStream input, int depth, Found found)
    {
        while (input.ReadTag() is > 0 and var tag)
        {
            switch (depth, tag)
            {
                case (0, Second) or (1, Second) or (2, First):
                    Read(new CodedInputStream(input.ReadBytes().ToByteArray()), depth + 1, found);
                    break;
                case (1, FirstNumber):
                    found.Command = input.ReadEnum();
                    break;
                case (3, Second):
                    found.Host = input.ReadString();
                    break;
                case (3, ThirdNumber):
                    found.Port = input.ReadUInt32();
                    break;
                default:
                    input.SkipLastField();
                    break;
            }
        }
    }

    private sealed class Found
    {
        public int Command { get; set; }

        public string? Host { get; set; }

        public uint Port { get; set; }
    }
}
