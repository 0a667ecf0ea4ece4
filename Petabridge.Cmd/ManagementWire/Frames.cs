using System.Buffers.Binary;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace ChatAkka.Management.Wire;

/// <summary>Writes and reads messages as frames: a length of four bytes, highest first, and that many bytes of JSON.</summary>
public static class Frames
{
    /// <summary>The version of the protocol that this code speaks.</summary>
    public const int Version = 1;

    /// <summary>Default port of a host.</summary>
    public const int DefaultPort = 9110;

    /// <summary>The longest frame a client takes; a host divides longer answers.</summary>
    public const int MostFromHost = 4 * 1024 * 1024;

    private const int Prefix = 4;

    /// <summary>Gives a client's message as a frame.</summary>
    public static byte[] Of(ClientMessage message) => Of(message, WireJson.Default.ClientMessage);

    /// <summary>Gives a host's message as a frame.</summary>
    public static byte[] Of(HostMessage message) => Of(message, WireJson.Default.HostMessage);

    /// <summary>Reads a client's next message; null at the end of the stream.</summary>
    /// <param name="from">The stream.</param>
    /// <param name="most">The longest frame that is taken, in bytes.</param>
    /// <param name="stop">Ends the wait.</param>
    /// <exception cref="FrameException">What came is no message.</exception>
    public static Task<ClientMessage?> ReadClientAsync(Stream from, int most, CancellationToken stop) =>
        ReadAsync(from, most, WireJson.Default.ClientMessage, stop);

    /// <summary>Reads a host's next message; null at the end of the stream.</summary>
    /// <param name="from">The stream.</param>
    /// <param name="stop">Ends the wait.</param>
    /// <exception cref="FrameException">What came is no message.</exception>
    public static Task<HostMessage?> ReadHostAsync(Stream from, CancellationToken stop) =>
        ReadAsync(from, MostFromHost, WireJson.Default.HostMessage, stop);

    private static byte[] Of<T>(T message, JsonTypeInfo<T> type)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(message, type);
        var frame = new byte[Prefix + json.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame, json.Length);
        json.CopyTo(frame, Prefix);
        return frame;
    }

    private static async Task<T?> ReadAsync<T>(Stream from, int most, JsonTypeInfo<T> type, CancellationToken stop)
        where T : class
    {
        var prefix = new byte[Prefix];
        var got = await from.ReadAtLeastAsync(prefix, Prefix, throwOnEndOfStream: false, stop).ConfigureAwait(false);
        if (got == 0)
            return null;
        if (got < Prefix)
            throw new FrameException("the connection ended within a frame");
        var length = BinaryPrimitives.ReadUInt32BigEndian(prefix);
        if (length > most)
            throw new FrameException($"a frame has {length} bytes, and at most {most} are allowed");

        // Space grows with what comes: a length alone costs nothing.
        using var body = new MemoryStream();
        var part = new byte[Math.Min((int)length, 16 * 1024)];
        while (body.Length < length)
        {
            var read = await from.ReadAsync(part.AsMemory(0, (int)Math.Min(part.Length, length - body.Length)), stop).ConfigureAwait(false);
            if (read == 0)
                throw new FrameException("the connection ended within a frame");
            body.Write(part, 0, read);
        }

        try
        {
            return JsonSerializer.Deserialize(body.GetBuffer().AsSpan(0, (int)body.Length), type) ?? throw new FrameException("a frame contains no message");
        }
        catch (Exception e) when (e is JsonException or NotSupportedException)
        {
            throw new FrameException("a frame is not a message of this protocol", e);
        }
    }
}
