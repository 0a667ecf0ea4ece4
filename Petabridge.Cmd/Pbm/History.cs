namespace ChatAkka.Management.Client;

/// <summary>Lines that were typed at the prompt, this time and before.</summary>
internal sealed class History
{
    private const int Most = 500;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly string? _file;
    private readonly List<string> _lines = [];

    /// <summary>Reads what is there.</summary>
    /// <param name="file">The file of the history; null if there is none.</param>
    public History(string? file)
    {
        _file = file;
        try
        {
            if (file is not null && File.Exists(file))
                _lines.AddRange(File.ReadLines(file).TakeLast(Most));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Without it, then.
        }
    }

    /// <summary>The lines, the latest last.</summary>
    public IReadOnlyList<string> Lines => _lines;

    /// <summary>The file of this user; null if the user has no home directory.</summary>
    public static string? DefaultFile(Func<string, string?> environment)
    {
        var state = environment("XDG_STATE_HOME") is { Length: > 0 } set ? set
            : environment("HOME") is { Length: > 0 } home ? Path.Combine(home, ".local", "state") : null;
        return state is null ? null : Path.Combine(state, "chatakka", "pbm_history");
    }

    /// <summary>Adds a line, but none that repeats the one before.</summary>
    public void Add(string line)
    {
        if (line.Length == 0 || (_lines.Count > 0 && _lines[^1] == line))
            return;
        _lines.Add(line);
        if (_lines.Count > Most)
            _lines.RemoveAt(0);
    }

    /// <summary>Keeps the lines for the next time.</summary>
    public void Save()
    {
        try
        {
            if (_file is null)
                return;
            Directory.CreateDirectory(Path.GetDirectoryName(_file)!);
            var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
            {
                // The lines may contain names and messages, so only the user may read the file. That also holds for a file that others could read before.
                options.UnixCreateMode = OwnerOnly;
                if (File.Exists(_file))
                    File.SetUnixFileMode(_file, OwnerOnly);
            }

            using var writer = new StreamWriter(_file, options);
            foreach (var line in _lines)
                writer.WriteLine(line);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Without it, then.
        }
    }
}
