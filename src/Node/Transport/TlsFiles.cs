using Akka.Event;

namespace ChatAkka.Node.Transport;

/// <summary>Keeps the certificate of this node, and reads its files again when they change. Connections that are open keep theirs.</summary>
/// <remarks>If the new files cannot be used, for example because only one of them was replaced so far, the former certificate stays. The files are looked at again and
/// again, as a change of a mounted folder is not always announced.</remarks>
internal sealed class TlsFiles : IDisposable
{
    private readonly TlsSettings _settings;
    private readonly ILoggingAdapter _log;
    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private volatile TlsIdentity _current;
    private string _seen;
    private string? _warned;

    /// <summary>Reads the files for the first time.</summary>
    /// <param name="settings">Where the files are.</param>
    /// <param name="interval">How often they are looked at.</param>
    /// <param name="log">Where changes are told.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="TlsFileException">A file cannot be used.</exception>
    public TlsFiles(TlsSettings settings, TimeSpan interval, ILoggingAdapter log, TimeProvider time)
    {
        (_settings, _log, _time) = (settings, log, time);
        _seen = Stamp();
        _current = TlsIdentity.Load(settings);
        WarnIfExpired(_current);
        _timer = time.CreateTimer(_ => LookAgain(), null, interval, interval);
    }

    /// <summary>What a handshake that begins now uses.</summary>
    public TlsIdentity Current => _current;

    /// <inheritdoc/>
    public void Dispose()
    {
        _timer.Dispose();
        _current.Dispose();
    }

    private void LookAgain()
    {
        var stamp = Stamp();
        if (stamp == _seen)
            return;
        try
        {
            var next = TlsIdentity.Load(_settings);

            // The former one is not disposed here: handshakes that began with it may still use it.
            _current = next;
            (_seen, _warned) = (stamp, null);
            _log.Info("TLS: new connections get the certificate that was read again from {0}: {1}, valid until {2:u}", _settings.Certificate, next.Subject, next.Expires);
            WarnIfExpired(next);
        }
        catch (TlsFileException e)
        {
            if (_warned != e.Message)
                _log.Warning("TLS: the files changed and cannot be used, so new connections get the former certificate: {0}: {1}", e.Path, e.Message);
            _warned = e.Message;
        }
    }

    private void WarnIfExpired(TlsIdentity identity)
    {
        if (identity.Expires < _time.GetUtcNow())
            _log.Warning("TLS: the certificate in {0} is not valid any more since {1:u}, so clients will refuse it", _settings.Certificate, identity.Expires);
    }

    /// <summary>A text that changes when one of the files is replaced or written, also behind a symbolic link.</summary>
    private string Stamp() => string.Join('|', new[] { _settings.Certificate, _settings.Key, _settings.Authorities }.OfType<string>().Select(StampOf));

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
