using System.Text.Json.Nodes;

namespace ChatAkka.Management.Commands;

/// <summary>What a handler tells the sender of a <see cref="Command"/>: any number of these, the last of them final.</summary>
public abstract record CommandAnswer
{
    private CommandAnswer()
    {
    }

    /// <summary>A text for people, or nothing but the end.</summary>
    /// <param name="Line">The text; empty for none.</param>
    /// <param name="Final">True if this is the last answer.</param>
    public sealed record CommandResponse(string Line, bool Final = true) : CommandAnswer
    {
        /// <summary>The command is done, and has nothing to say.</summary>
        public static readonly CommandResponse Empty = new("");
    }

    /// <summary>Rows for people and programs: aligned in a terminal, divided by tabs in a pipe, objects with <c>--json</c>.</summary>
    /// <param name="Columns">Names of the columns, the same ones in every answer to a command.</param>
    /// <param name="Rows">The rows, each with a cell for every column.</param>
    /// <param name="Final">True if this is the last answer.</param>
    /// <param name="Piped">True if lines always have <c>|</c> between their cells, in a terminal as in a pipe.</param>
    public sealed record TableResponse(
        IReadOnlyList<string> Columns, IReadOnlyList<JsonNode?[]> Rows, bool Final = true, bool Piped = false) : CommandAnswer;

    /// <summary>Something that makes the answer less than it should be; the client's exit code is 1.</summary>
    /// <param name="Line">What it is.</param>
    public sealed record WarningResponse(string Line) : CommandAnswer;

    /// <summary>The command failed. Nothing follows.</summary>
    /// <param name="Reason">Why.</param>
    /// <param name="Misused">True if the command was used wrongly. Then the client's exit code is 2, otherwise 1.</param>
    public sealed record ErroredCommandResponse(string Reason, bool Misused = false) : CommandAnswer;
}
