namespace ChatAkka.Startup;

/// <summary>How .NET runs what is to be done when a socket has something to read.</summary>
/// <param name="InlineCompletions">True to run it on the thread that asks the kernel, false to hand it to the thread pool.</param>
public sealed record SocketSettings(bool InlineCompletions)
{
    /// <summary>.NET's own switch; it is read once, when the first socket is used.</summary>
    private const string Switch = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";

    /// <summary>Reads <c>chat.sockets</c>.</summary>
    public static SocketSettings Create(ConfigReader reader) => new(reader.Choice("chat.sockets.inline-completions", "on", "off") == "on");

    /// <summary>Sets the switch, before any socket is used. What the environment says already stays.</summary>
    /// <remarks>Nothing may block on such a thread: it serves other sockets, too. An embedded store does, while it waits for its disk.</remarks>
    public void Apply()
    {
        if (InlineCompletions && Environment.GetEnvironmentVariable(Switch) is null)
            Environment.SetEnvironmentVariable(Switch, "1");
    }
}
