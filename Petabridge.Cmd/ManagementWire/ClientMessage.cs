using System.Text.Json.Serialization;

namespace ChatAkka.Management.Wire;

/// <summary>What a client says to a host.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "t")]
[JsonDerivedType(typeof(Hello), "hello")]
[JsonDerivedType(typeof(Run), "run")]
[JsonDerivedType(typeof(Cancel), "cancel")]
public abstract record ClientMessage
{
    private ClientMessage()
    {
    }

    /// <summary>Comes first, and once.</summary>
    /// <param name="Versions">Versions of this protocol that the client speaks.</param>
    /// <param name="Token">The host's token; null for none.</param>
    public sealed record Hello(IReadOnlyList<int> Versions, string? Token = null) : ClientMessage;

    /// <summary>Runs a command. Answered by any number of <see cref="HostMessage"/>s with its id, <see cref="HostMessage.End"/> last.</summary>
    /// <param name="Id">Chosen by the client, unique among its commands that run.</param>
    /// <param name="Palette">Name of the palette.</param>
    /// <param name="Command">Name of the command.</param>
    /// <param name="Arguments">What was typed behind it, word by word.</param>
    public sealed record Run(long Id, string Palette, string Command, IReadOnlyList<string> Arguments) : ClientMessage;

    /// <summary>Ends a command that runs. If it has ended by itself meanwhile, nothing happens.</summary>
    /// <param name="Id">The command's id.</param>
    public sealed record Cancel(long Id) : ClientMessage;
}
