using System.Text.Json;

namespace ChatAkka.Cluster.Tests;

/// <summary>Lines of clients that write to mailboxes and read them.</summary>
internal static class MailboxLines
{
    /// <summary>What a client that acknowledges adds to its login.</summary>
    public const string Acks = ",\"ack\":true,\"format\":\"json\"";
    private static int s_lastUser;

    /// <summary>The number and the text of a chat that arrived.</summary>
    public static (long Number, string Text) Delivered(string line)
    {
        using var json = JsonDocument.Parse(line);
        json.RootElement.GetProperty("cmd").GetString().ShouldBe("chat", line);
        return (json.RootElement.GetProperty("seq").GetInt64(), json.RootElement.GetProperty("content").GetString()!);
    }

    /// <summary>A chat with an id.</summary>
    public static string Chat(string to, int i) => $$"""{"cmd":"chat","recv":"{{to}}","content":"m{{i}}","id":{{i}}}""";

    /// <summary>The receipt for that.</summary>
    public static string Stored(int i) => $$"""{"ok":"chat","id":{{i}},"receipt":"stored"}""";

    /// <summary>A name that nobody has.</summary>
    public static string User(string name) => $"{name}-mb{Interlocked.Increment(ref s_lastUser)}";
}
