namespace ChatAkka.Authentication.Tokens;

/// <summary>The keys as the files have them now. A file that changed is read again; if it cannot be used, the keys of before stay.</summary>
/// <remarks>Any thread may call it. It looks at the files at most once in <see cref="s_lookInterval"/>, when a token is checked: a watcher of the file system does
/// not see that a link was changed, which is how secrets are rotated in containers.</remarks>
public sealed class KeySource
{
    private static readonly TimeSpan s_lookInterval = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly TokenSettings _settings;
    private readonly TimeProvider _time;
    private readonly Action<string> _onProblem;
    private long _lastLook;
    private (DateTime Written, long Length)[] _stamps;
    private string? _problem;
    private volatile TokenKeys _keys;

    /// <summary>Reads the files.</summary>
    /// <param name="settings">Names the files.</param>
    /// <param name="time">The clock.</param>
    /// <param name="onProblem">Is told if a file changed and cannot be used.</param>
    /// <exception cref="KeyFileException">A file cannot be used.</exception>
    public KeySource(TokenSettings settings, TimeProvider time, Action<string> onProblem)
    {
        (_settings, _time, _onProblem) = (settings, time, onProblem);
        (_stamps, _keys, _lastLook) = (Stamps(), KeyFiles.Read(settings), time.GetTimestamp());
    }

    /// <summary>Gives the keys.</summary>
    public TokenKeys Current
    {
        get
        {
            if (_time.GetElapsedTime(Volatile.Read(ref _lastLook)) >= s_lookInterval)
                Look();
            return _keys;
        }
    }

    private void Look()
    {
        // Whoever comes meanwhile goes on with the keys of before.
        if (!_lock.TryEnter())
            return;
        try
        {
            Volatile.Write(ref _lastLook, _time.GetTimestamp());
            var stamps = Stamps();
            if (stamps.AsSpan().SequenceEqual(_stamps))
                return;
            _keys = KeyFiles.Read(_settings);
            (_stamps, _problem) = (stamps, null);
        }
        catch (Exception e) when (e is KeyFileException or IOException or UnauthorizedAccessException)
        {
            // They are read again with the next look, also if they do not change: perhaps only the rights of a file were wrong.
            if (_problem != e.Message)
                _onProblem(e.Message);
            _problem = e.Message;
        }
        finally
        {
            _lock.Exit();
        }
    }

    private (DateTime Written, long Length)[] Stamps() => [.. _settings.Files.Select(StampOf)];

    private static (DateTime Written, long Length) StampOf(string path)
    {
        if (!File.Exists(path))
            return default;

        // Where the path is a link, what counts is the file behind it.
        var file = File.ResolveLinkTarget(path, returnFinalTarget: true) as FileInfo ?? new FileInfo(path);
        return file.Exists ? (file.LastWriteTimeUtc, file.Length) : default;
    }
}
