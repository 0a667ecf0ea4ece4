using System.Text;
using ChatAkka.Protocol.Client;

namespace ChatAkka.Micro;

/// <summary>What the benchmarks work on: a chat of 100 bytes, as in docs/performance.md.</summary>
internal static class Samples
{
    private static readonly byte[] s_content = Encoding.ASCII.GetBytes(new string('x', 100));

    /// <summary>The chat as a client sends it.</summary>
    public static byte[] JsonLine { get; } = Encoding.UTF8.GetBytes($$"""{"cmd":"chat","recv":"bob","content":"{{new string('x', 100)}}","id":"17"}""");

    /// <summary>The same, typed.</summary>
    public static byte[] TypedLine { get; } = Encoding.UTF8.GetBytes($"chat bob {new string('x', 100)}");

    /// <summary>The chat between nodes.</summary>
    public static ChatView Chat => new()
    {
        Origin = 17,
        Time = 1_800_000_000_000,
        IsTyped = false,
        Attempt = 0,
        Sender = "alice"u8,
        Recipient = "bob"u8,
        Id = "17"u8,
        Content = s_content,
    };
}
