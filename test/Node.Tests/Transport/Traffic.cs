using ChatAkka.TestSupport;

namespace ChatAkka.Node.Tests.Transport;

/// <summary>Bytes that go through a connection, in both directions, and what is counted of them.</summary>
internal static class Traffic
{
    private static readonly TimeSpan s_quiet = TimeSpan.FromMilliseconds(300);

    /// <summary>Bytes of which each differs from those around it, and from those of another seed.</summary>
    public static byte[] Pattern(int seed, int size)
    {
        var bytes = new byte[size];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    public static async Task SendInPiecesAsync(ITransportClient client, byte[] bytes, Progress? progress = null)
    {
        foreach (var piece in Pieces(bytes))
        {
            await client.SendAsync(piece);
            progress?.Add(piece.Length);
        }
    }

    public static async Task WriteInPiecesAsync(ServerEnd server, byte[] bytes, Progress? progress = null)
    {
        foreach (var piece in Pieces(bytes))
        {
            // The memory may change as soon as the write has completed.
            var copy = piece.ToArray();
            await server.WriteAsync(copy);
            progress?.Add(copy.Length);
            Array.Clear(copy);
        }
    }

    public static async Task WriteForeverAsync(ServerEnd server, Progress progress)
    {
        while (true)
            await WriteInPiecesAsync(server, new byte[64 * 1024], progress);
    }

    /// <summary>Pieces of sizes from 1 byte to some KiB.</summary>
    private static IEnumerable<ReadOnlyMemory<byte>> Pieces(byte[] bytes)
    {
        for (var (from, step) = (0, 1); from < bytes.Length; step = (step * 7 % 9001) + 1)
        {
            var count = Math.Min(step, bytes.Length - from);
            yield return bytes.AsMemory(from, count);
            from += count;
        }
    }

    public static async Task<byte[]> ReceiveAllAsync(ITransportClient client)
    {
        using var all = new MemoryStream();
        var buffer = new byte[32 * 1024];
        int count;
        while ((count = await client.ReadAsync(buffer)) > 0)
            all.Write(buffer.AsSpan(0, count));
        return all.ToArray();
    }

    public static async Task<byte[]> ReadAllAsync(ServerEnd server)
    {
        using var all = new MemoryStream();
        ReadOnlyMemory<byte> read;
        while (!(read = await server.ReadAsync()).IsEmpty)
            all.Write(read.Span);
        return all.ToArray();
    }

    public static async Task EchoAsync(ServerEnd server)
    {
        ReadOnlyMemory<byte> read;
        while (!(read = await server.ReadAsync()).IsEmpty)
            await server.WriteAsync(read.ToArray());
        await server.CompleteOutputAsync();
    }

    /// <summary>True if the connection takes nothing from the client any more.</summary>
    public static async Task<bool> IsGoneAsync(ITransportClient client)
    {
        try
        {
            await client.SendAsync("x"u8.ToArray());
            return false;
        }
        catch (IOException)
        {
            return true;
        }
    }

    /// <summary>Waits until nothing moves any more.</summary>
    public static async Task StopsAsync(Progress progress)
    {
        await Eventually.TrueAsync(() => progress.Bytes > 0, "something is taken");
        long before;
        do
        {
            before = progress.Bytes;
            await Task.Delay(s_quiet);
        }
        while (progress.Bytes > before);
    }

    /// <summary>How many bytes were taken so far.</summary>
    public sealed class Progress
    {
        private long _bytes;

        public long Bytes => Interlocked.Read(ref _bytes);

        public void Add(int count) => Interlocked.Add(ref _bytes, count);
    }
}
