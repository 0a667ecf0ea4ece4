using System.Text.Unicode;

namespace ChatAkka.Protocol.Client;

/// <summary>Parses a line: JSON if it starts with <c>{</c>, otherwise a typed command.</summary>
/// <remarks>Each connection has its own; not thread-safe. It throws for no input from a client.</remarks>
public sealed class CommandParser
{
    private readonly JsonCommandReader _json = new();

    /// <summary>Parses <paramref name="line"/>, given without its line end.</summary>
    public Command Parse(ReadOnlySpan<byte> line)
    {
        var isJson = IsJson(line);
        if (!Utf8.IsValid(line))
            return new Command { IsJson = isJson, Error = ErrorCode.BadUtf8 };
        return isJson ? _json.Read(line) : TypedCommandReader.Read(line);
    }

    /// <summary>True if a line counts as JSON, so that its answer is JSON, too.</summary>
    public static bool IsJson(ReadOnlySpan<byte> line) => !line.IsEmpty && line[0] == (byte)'{';
}
