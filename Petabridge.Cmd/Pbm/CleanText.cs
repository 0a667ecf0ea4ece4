using System.Globalization;
using ChatAkka.Management.Wire;

namespace ChatAkka.Management.Client;

/// <summary>Takes out of a host's words what could steer a terminal: a user's name or a log line may hold anything.</summary>
internal static class CleanText
{
    /// <summary>What stands in the place of a character that steers.</summary>
    private const char Mark = '?';

    /// <summary>Gives a text in which control characters, and those that turn the direction of writing, are marks; tabs stay.</summary>
    public static string Of(string text) => text.Any(Steers) ? string.Concat(text.Select(c => Steers(c) ? Mark : c)) : text;

    /// <summary>Gives JSON in which they are escapes: programs read what was meant.</summary>
    public static string OfJson(string json) => json.Any(SteersInJson)
        ? string.Concat(json.Select(c => SteersInJson(c) ? string.Create(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}") : $"{c}"))
        : json;

    /// <summary>Gives the welcome of a host without control characters, because help, the prompt and completion show it.</summary>
    public static HostMessage.Welcome Of(HostMessage.Welcome welcome) => welcome with
    {
        Member = Of(welcome.Member),
        Palettes =
        [
            .. welcome.Palettes.Select(p => p with
            {
                Name = Of(p.Name),
                Description = Of(p.Description),
                Commands =
                [
                    .. p.Commands.Select(c => c with
                    {
                        Name = Of(c.Name),
                        Description = Of(c.Description),
                        Arguments =
                        [
                            .. c.Arguments.Select(a => a with
                            {
                                Name = Of(a.Name),
                                Description = Of(a.Description),
                                Switches = [.. a.Switches.Select(Of)],
                                Default = a.Default is null ? null : Of(a.Default),
                            }),
                        ],
                    }),
                ],
            }),
        ],
    };

    // C0, DEL and C1, line and paragraph separators, and the marks, embeddings and isolates of bidirectional text.
    private static bool Steers(char c) => c != '\t' && SteersInJson(c);

    private static bool SteersInJson(char c) =>
        char.IsControl(c) || c is '\u2028' or '\u2029' or '\u200e' or '\u200f' or '\u061c' or (>= '\u202a' and <= '\u202e') or (>= '\u2066' and <= '\u2069');
}
