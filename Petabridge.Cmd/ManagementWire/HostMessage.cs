using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace ChatAkka.Management.Wire;

/// <summary>What a host says to a client.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "t")]
[JsonDerivedType(typeof(Welcome), "welcome")]
[JsonDerivedType(typeof(Refused), "refused")]
[JsonDerivedType(typeof(Table), "table")]
[JsonDerivedType(typeof(Rows), "rows")]
[JsonDerivedType(typeof(Text), "text")]
[JsonDerivedType(typeof(Warning), "warning")]
[JsonDerivedType(typeof(End), "end")]
public abstract record HostMessage
{
    private HostMessage()
    {
    }

    /// <summary>Answers a <see cref="ClientMessage.Hello"/>.</summary>
    /// <param name="Version">The version that is spoken from here on.</param>
    /// <param name="Member">Cluster address of the process, as <c>host:port</c>.</param>
    /// <param name="Palettes">What can be run.</param>
    public sealed record Welcome(int Version, string Member, IReadOnlyList<PaletteInfo> Palettes) : HostMessage;

    /// <summary>Nothing is taken from this client; the connection ends.</summary>
    /// <param name="Code">One of <see cref="RefusalCodes"/>.</param>
    /// <param name="Reason">Why, one sentence.</param>
    public sealed record Refused(string Code, string Reason) : HostMessage;

    /// <summary>Rows of these columns follow.</summary>
    /// <param name="Id">The command's id.</param>
    /// <param name="Columns">Names of the columns.</param>
    /// <param name="Piped">True if lines are always written with <c>|</c> between their cells, in a terminal as in a pipe, like Petabridge.Cmd.</param>
    public sealed record Table(long Id, IReadOnlyList<string> Columns, bool Piped) : HostMessage;

    /// <summary>Rows of the table before.</summary>
    /// <param name="Id">The command's id.</param>
    /// <param name="Cells">The cells of each row: texts, numbers, true or false, or nothing.</param>
    public sealed record Rows(long Id, IReadOnlyList<JsonNode?[]> Cells) : HostMessage;

    /// <summary>A text for people.</summary>
    /// <param name="Id">The command's id.</param>
    /// <param name="Line">The text.</param>
    public sealed record Text(long Id, string Line) : HostMessage;

    /// <summary>Something that makes the answer less than it should be.</summary>
    /// <param name="Id">The command's id.</param>
    /// <param name="Line">The text.</param>
    public sealed record Warning(long Id, string Line) : HostMessage;

    /// <summary>The command ended.</summary>
    /// <param name="Id">The command's id.</param>
    /// <param name="Code">Exit code for the client: 0, 1 if the command failed, 2 if it was used wrongly.</param>
    /// <param name="Error">Why it failed; null if it did not.</param>
    public sealed record End(long Id, int Code, string? Error = null) : HostMessage;
}
