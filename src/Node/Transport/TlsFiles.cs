using Akka.Event;
using ChatAkka.Runtime.Tls;

namespace ChatAkka.Node.Transport;

/// <summary>Keeps the certificate of this node, and reads its files again when they change. Connections that are open keep theirs.</summary>
internal sealed class TlsFiles : IDisposable
{
    private readonly TlsSettings _settings;
    private readonly ILoggingAdapter _log;
    private readonly TimeProvider _time;
    private readonly WatchedFiles<TlsIdentity> _files;

    /// <summary>Reads the files for the first time.</summary>
    /// <param name="settings">Where the files are.</param>
    /// <param name="interval">How often they are looked at.</param>
    /// <param name="log">Where changes are told.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="FileProblemException">A file cannot be used.</exception>
    public TlsFiles(TlsSettings settings, TimeSpan interval, ILoggingAdapter log, TimeProvider time)
    {
        (_settings, _log, _time) = (settings, log, time);
        _files = new WatchedFiles<TlsIdentity>(
            [.. new[] { settings.Certificate, settings.Key, settings.Authorities }.OfType<string>()],
            () => TlsIdentity.Load(settings), TellChange, TellProblem, interval, time);
        WarnIfExpired(_files.Current);
    }

    /// <summary>What a handshake that begins now uses.</summary>
    public TlsIdentity Current => _files.Current;

    /// <inheritdoc/>
    public void Dispose()
    {
        _files.Dispose();
        _files.Current.Dispose();
    }

    private void TellChange(TlsIdentity next)
    {
        _log.Info("TLS: new connections get the certificate that was read again from {0}: {1}, valid until {2:u}", _settings.Certificate, next.Subject, next.Expires);
        WarnIfExpired(next);
    }

    private void TellProblem(FileProblemException problem) =>
        _log.Warning("TLS: the files changed and cannot be used, so new connections get the former certificate: {0}: {1}", problem.Path, problem.Message);

    private void WarnIfExpired(TlsIdentity identity)
    {
        if (identity.Expires < _time.GetUtcNow())
            _log.Warning("TLS: the certificate in {0} is not valid any more since {1:u}, so clients will refuse it", _settings.Certificate, identity.Expires);
    }
}
