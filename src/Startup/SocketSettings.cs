namespace ChatAkka.Startup;

/// <summary>On which thread .NET runs the callback of a socket operation when it completes.</summary>
/// <param name="InlineCompletions">True: on the thread that polls the kernel for socket events. False: on the thread pool.</param>
public sealed record SocketSettings(bool InlineCompletions)
{
    /// <summary>Environment variable of .NET. It is read once, when the first socket is used.</summary>
    private const string Switch = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";

    /// <summary>Reads <c>chat.sockets</c>.</summary>
    public static SocketSettings Create(ConfigReader reader) => new(reader.Choice("chat.sockets.inline-completions", "on", "off") == "on");

    /// <summary>Sets the variable. Must be called before any socket is used. A value that the environment already has is kept.</summary>
    /// <remarks>Callbacks must not block such a thread, because it serves other sockets, too. The embedded store blocks while it waits for its
    /// disk, so a node with the embedded store must not use inline completions.</remarks>
    public void Apply()
    {
        if (InlineCompletions && Environment.GetEnvironmentVariable(Switch) is null)
            Environment.SetEnvironmentVariable(Switch, "1");
    }
}
