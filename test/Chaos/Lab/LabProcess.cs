using ChatAkka.TestSupport;

namespace ChatAkka.Chaos.Lab;

/// <summary>A node or a relay on a host of the laboratory, over all its incarnations.</summary>
internal sealed class LabProcess(string host, Func<LabProcess, ServerProcess> start)
{
    private const string ReadyWord = "is ready";

    /// <summary>The state in <c>/proc/net/tcp</c>.</summary>
    private const string Listening = "0A";
    private readonly List<string> _earlier = [];
    private ServerProcess? _process;

    /// <summary>Its host, as n1 or r2; the process is called the same.</summary>
    public string Host => host;

    /// <summary>How often it was started.</summary>
    public int Incarnation { get; private set; }

    /// <summary>Name of this incarnation.</summary>
    public string Name => $"{host}/{Incarnation}";

    /// <summary>True while it runs; a stopped one runs.</summary>
    public bool IsRunning => _process is { HasExited: false };

    /// <summary>True where the supervisor must not start it again: a fault will.</summary>
    public bool IsHeld { get; set; }

    /// <summary>Term of the relay in this incarnation; 0 where it does not act.</summary>
    public long Term { get; set; }

    /// <summary>True while it runs and has said that it serves.</summary>
    public bool IsReady => IsRunning && _process!.Output.Contains(ReadyWord, StringComparison.Ordinal);

    /// <summary>Resident memory in bytes; 0 where it does not run.</summary>
    public long ResidentBytes => IsRunning ? _process!.ResidentBytes : 0;

    /// <summary>Memory, handles and threads of the process now, each with its unit; null if it does not run.</summary>
    public IReadOnlyDictionary<string, double>? Resources()
    {
        try
        {
            return !IsRunning ? null : new Dictionary<string, double>
            {
                ["memory, MB"] = _process!.ResidentBytes / 1048576.0,
                ["handles"] = Directory.GetFiles($"/proc/{_process.Id}/fd").Length,
                ["threads"] = Directory.GetDirectories($"/proc/{_process.Id}/task").Length,
            };
        }
        catch (IOException)
        {
            // It ended meanwhile.
            return null;
        }
    }

    /// <summary>Addresses at which more than one socket of its host listens.</summary>
    public IEnumerable<string> SharedPorts()
    {
        try
        {
            return !IsRunning ? [] : new[] { "tcp", "tcp6" }.Select(f => $"/proc/{_process!.Id}/net/{f}").Where(File.Exists)
                .SelectMany(f => File.ReadLines(f).Skip(1))
                .Select(l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                .Where(p => p[3] == Listening)
                .GroupBy(p => p[1]).Where(g => g.Count() > 1).Select(g => g.Key).ToList();
        }
        catch (IOException)
        {
            // It ended meanwhile.
            return [];
        }
    }

    /// <summary>Starts the next incarnation.</summary>
    public void Start()
    {
        if (_process is not null)
            _earlier.Add(_process.Output);
        Incarnation++;
        Term = 0;
        _process = start(this);
    }

    /// <summary>Sends a signal.</summary>
    public void Signal(string name)
    {
        if (IsRunning)
            _process!.Signal(name);
    }

    /// <summary>Waits until it says that it serves.</summary>
    public Task ReadyAsync(string word = ReadyWord) => _process!.WaitForAsync(word);

    /// <summary>Waits for its end, but no longer than the limit; gives the exit code, or null where it still runs.</summary>
    public async Task<int?> ExitAsync(TimeSpan limit)
    {
        var end = Clock.Now + Clock.Of(limit);
        while (IsRunning && Clock.Now < end)
            await Task.Delay(10);
        return IsRunning ? null : _process!.ExitCode;
    }

    /// <summary>Exit code; only of a process that has ended.</summary>
    public int ExitCode => _process!.ExitCode;

    /// <summary>What all incarnations printed.</summary>
    public IEnumerable<string> Outputs => _process is null ? _earlier : [.. _earlier, _process.Output];

    /// <summary>Ends it for good.</summary>
    public async ValueTask EndAsync()
    {
        IsHeld = true;
        if (_process is not null)
            await _process.DisposeAsync();
    }
}
