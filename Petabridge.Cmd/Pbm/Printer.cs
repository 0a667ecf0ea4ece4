using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ChatAkka.Management.Client;

/// <summary>Shows what one command answers, for people or for programs.</summary>
/// <remarks>In a terminal the rows of a command are aligned when all are there; those of a stream as they come, by what came before.</remarks>
/// <param name="output">Where answers go.</param>
/// <param name="errors">Where warnings and errors go.</param>
/// <param name="mode">How rows are shown.</param>
/// <param name="hasColor">True if colours may be used.</param>
/// <param name="streams">True if rows are shown as they come.</param>
internal sealed class Printer(TextWriter output, TextWriter errors, OutputMode mode, bool hasColor, bool streams)
{
    private const string Gap = "  ";

    private static readonly JsonSerializerOptions s_json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly List<string[]> _rows = [];
    private IReadOnlyList<string> _columns = [];
    private int[] _widths = [];
    private bool _piped;
    private bool _hasHeader;

    /// <summary>Rows of these columns follow.</summary>
    public void Begin(IReadOnlyList<string> columns, bool piped)
    {
        End();
        _columns = columns;
        _piped = piped;
        _hasHeader = false;
        _widths = [.. columns.Select(c => c.Length)];
    }

    /// <summary>Takes rows.</summary>
    public void Add(IReadOnlyList<JsonNode?[]> rows)
    {
        foreach (var row in rows)
        {
            if (mode == OutputMode.Json)
                output.WriteLine(CleanText.OfJson(ToObject(row).ToJsonString(s_json)));
            else if (_piped)
                output.WriteLine(ToPiped(row));
            else if (mode == OutputMode.Piped)
                output.WriteLine(string.Join('\t', row.Select(c => Text(c).Replace('\t', ' '))));
            else
            {
                _rows.Add([.. row.Select(Text)]);
                for (var i = 0; i < Math.Min(row.Length, _widths.Length); i++)
                    _widths[i] = Math.Max(_widths[i], _rows[^1][i].Length);
            }
        }

        if (streams)
            Flush();
    }

    /// <summary>Shows a text.</summary>
    public void Text(string line)
    {
        Flush();
        output.WriteLine(mode == OutputMode.Json ? CleanText.OfJson(new JsonObject { ["text"] = line }.ToJsonString(s_json)) : CleanText.Of(line));
        output.Flush();
    }

    /// <summary>Says what makes the answer less than it should be.</summary>
    public void Warning(string line)
    {
        Flush();
        errors.WriteLine(Colored("33", $"warning: {CleanText.Of(line)}"));
    }

    /// <summary>Says why it failed.</summary>
    public void Error(string line) => errors.WriteLine(Colored("31", $"error: {CleanText.Of(line)}"));

    /// <summary>Shows what is left.</summary>
    public void End()
    {
        Flush();
        output.Flush();
    }

    private void Flush()
    {
        if (mode == OutputMode.Terminal && !_piped && _columns.Count > 0 && (_rows.Count > 0 || !streams) && !_hasHeader)
        {
            _hasHeader = true;
            output.WriteLine(Colored("1", Line([.. _columns.Select(CleanText.Of)])));
        }

        foreach (var row in _rows)
            output.WriteLine(Line(row));
        _rows.Clear();
        if (streams)
            output.Flush();
    }

    private string Line(string[] cells)
    {
        var line = new StringBuilder();
        for (var i = 0; i < cells.Length; i++)
            line.Append(i == 0 ? "" : Gap).Append(i == cells.Length - 1 ? cells[i] : cells[i].PadRight(_widths[i]));
        return line.ToString().TrimEnd();
    }

    /// <summary>As Petabridge.Cmd writes it: an empty cell takes no space of its own.</summary>
    private static string ToPiped(JsonNode?[] row)
    {
        var line = new StringBuilder();
        for (var i = 0; i < row.Length; i++)
        {
            var text = Text(row[i]);
            line.Append(i == 0 ? "" : " |").Append(text.Length > 0 && i > 0 ? " " : "").Append(text);
        }

        return line.ToString();
    }

    private JsonObject ToObject(JsonNode?[] row)
    {
        var made = new JsonObject();
        for (var i = 0; i < Math.Min(row.Length, _columns.Count); i++)
            made[_columns[i].Replace(' ', '_')] = row[i]?.DeepClone();
        return made;
    }

    private static string Text(JsonNode? cell) => CleanText.Of(cell switch
    {
        null => "",
        JsonValue value when value.TryGetValue<string>(out var text) => text,
        _ => cell.ToJsonString(s_json),
    });

    private string Colored(string code, string text) => hasColor ? $"\e[{code}m{text}\e[0m" : text;
}
