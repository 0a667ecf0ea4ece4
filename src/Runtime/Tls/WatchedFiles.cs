namespace ChatAkka.Runtime.Tls;

/// <summary>Keeps what was read from files, and reads them again when they change.</summary>
/// <remarks>If the new files cannot be used, for example because only one of them was replaced so far, what was read before stays. The files are looked at again and
/// again, as a change of a mounted folder is not always announced.</remarks>
/// <typeparam name="T">What is read from the files. It is not disposed when it is replaced, as somebody may still use it.</typeparam>
public sealed class WatchedFiles<T> : IDisposable
    where T : class
{
    private readonly IReadOnlyList<string> _files;
    private readonly Func<T> _read;
    private readonly Action<T> _changed;
    private readonly Action<FileProblemException> _unusable;
    private readonly ITimer _timer;
    private volatile T _current;
    private string _seen;
    private string? _told;

    /// <summary>Reads the files for the first time.</summary>
    /// <param name="files">The files.</param>
    /// <param name="read">Reads them.</param>
    /// <param name="changed">Told what was read again.</param>
    /// <param name="unusable">Told once of each problem with files that changed.</param>
    /// <param name="interval">How often the files are looked at.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="FileProblemException">A file cannot be used.</exception>
    public WatchedFiles(
        IReadOnlyList<string> files, Func<T> read, Action<T> changed, Action<FileProblemException> unusable, TimeSpan interval, TimeProvider time)
    {
        (_files, _read, _changed, _unusable) = (files, read, changed, unusable);
        _seen = Stamp();
        _current = read();
        _timer = time.CreateTimer(_ => LookAgain(), null, interval, interval);
    }

    /// <summary>What was read last.</summary>
    public T Current => _current;

    /// <summary>Looks at the files no more.</summary>
    public void Dispose() => _timer.Dispose();

    private void LookAgain()
    {
        var stamp = Stamp();
        if (stamp == _seen)
            return;
        try
        {
            var next = _read();
            _current = next;
            (_seen, _told) = (stamp, null);
            _changed(next);
        }
        catch (FileProblemException e)
        {
            if (_told != e.Message)
                _unusable(e);
            _told = e.Message;
        }
    }

    /// <summary>A text that changes when one of the files is replaced or written, also behind a symbolic link.</summary>
    private string Stamp() => string.Join('|', _files.Select(StampOf));

    private static string StampOf(string file)
    {
        try
        {
            var info = new FileInfo(file);
            var target = info.ResolveLinkTarget(returnFinalTarget: true) as FileInfo ?? info;
            return $"{target.FullName} {target.LastWriteTimeUtc.Ticks} {target.Length}";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "missing";
        }
    }
}
