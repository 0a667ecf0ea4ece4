using System.Text.Unicode;

namespace ChatAkka.Protocol.Client;

/// <summary>Reads one line: JSON where it starts with <c>{</c>, else a typed command.</summary>
/// <remarks>One per connection; not thread-safe. Never throws for what a client sends.</remarks>
public sealed class CommandParser
{
    private readonly JsonCommandReader _json = new();

    /// <summary>Parses <paramref name="line"/>, which has no line end.</summary>
    public Command Parse(ReadOnlySpan<byte> line)
    {
        var isJson = IsJson(line);
        if (!Utf8.IsValid(line))
            return new Command { IsJson = isJson, Error = ErrorCode.BadUtf8 };
        return isJson ? _json.Read(line) : TypedCommandReader.Read(line);
    }

    /// <summary>True where a line is answered in JSON.</summary>
    public static bool IsJson(ReadOnlySpan<byte> line) => !line.IsEmpty && line[0] == (byte)'{';
}
