using System.Net;
using System.Security.Authentication;
using StackExchange.Redis;

namespace ChatAkka.RedisAccess;

/// <summary>Says where Redis is, and how this process proves who it is.</summary>
/// <remarks>
/// <para>A text has one of two forms: <c>HOST:PORT,…</c> with options of StackExchange.Redis, or a URI, <c>redis://USER:PASSWORD@HOST:PORT/DATABASE</c>, with <c>rediss://</c> for TLS. Options can follow a URI
/// too.</para>
/// <para>These options are ours: <c>passwordFile</c> has the password in its first line, <c>authorities</c> the certificates (PEM) that the server's certificate must come from, <c>certificate</c> and <c>key</c>
/// what this process shows to the server (PEM). The files are read again for each new connection, so that they can be replaced while the process runs.</para>
/// </remarks>
public sealed class RedisConnectionString
{
    private const string Plain = "redis://";
    private const string Encrypted = "rediss://";

    // Options in the text override these. A call fails within a second, and at once if the server is known to be unreachable.
    private const string Defaults = "abortConnect=false,connectTimeout=1000,syncTimeout=1000,asyncTimeout=1000,keepAlive=5,configCheckSeconds=2,";

    private static readonly string[] s_files = ["passwordFile", "authorities", "certificate", "key"];

    private readonly ConfigurationOptions _options;
    private readonly Dictionary<string, string> _paths;

    private RedisConnectionString(ConfigurationOptions options, Dictionary<string, string> paths)
    {
        _options = options;
        _paths = paths;
    }

    /// <summary>True if the text itself has a password, which must then not be shown to anybody.</summary>
    public bool HasPassword => _options.Password is { Length: > 0 };

    /// <summary>True if the text says from where the password comes.</summary>
    public bool NamesPassword => HasPassword || _paths.ContainsKey("passwordFile");

    /// <summary>The servers as text for people, without any secret.</summary>
    public string Servers => string.Join(", ", _options.EndPoints.Select(e => e is DnsEndPoint dns ? $"{dns.Host}:{dns.Port}" : e.ToString()));

    /// <summary>How connections are protected, as a text for operators.</summary>
    public string Protection => $"{(_options.Ssl ? "TLS" : "plain")}{(_options.User is { Length: > 0 } ? ", ACL" : NamesPassword ? ", password" : "")}";

    /// <summary>Reads a text. Files that it names must exist and be readable.</summary>
    /// <exception cref="ArgumentException">It cannot be read. The message says why, and contains no secret.</exception>
    public static RedisConnectionString Parse(string text)
    {
        var (address, encrypted) = text.StartsWith(Encrypted, StringComparison.OrdinalIgnoreCase) ? (FromUri(text[Encrypted.Length..]), true)
            : text.StartsWith(Plain, StringComparison.OrdinalIgnoreCase) ? (FromUri(text[Plain.Length..]), false)
            : (new Address(text, null, null, null), false);
        var paths = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var parts = address.Rest.Split(',').Where(part => !TryTakeFile(part, paths)).ToList();
        var options = ConfigurationOptions.Parse(Defaults + string.Join(',', parts));
        if (options.EndPoints.Count == 0)
            throw new ArgumentException("names no server, expected HOST:PORT");
        if (options.EndPoints.OfType<DnsEndPoint>().Any(e => e.Host.Contains('@', StringComparison.Ordinal)))
            throw new ArgumentException("has a comma in the user or the password: write it as %2C, or name a passwordFile");
        options.SetDefaultPorts();
        if (encrypted)
            options.Ssl = true;
        options.User = address.User ?? options.User;
        options.Password = address.Password ?? options.Password;
        options.DefaultDatabase = address.Database ?? options.DefaultDatabase;
        Check(options, paths);
        return new RedisConnectionString(options, paths);
    }

    /// <summary>Tells what is wrong with a text; null if it is valid.</summary>
    public static string? Check(string text)
    {
        try
        {
            Parse(text);
            return null;
        }
        catch (ArgumentException e)
        {
            return e.Message;
        }
    }

    /// <summary>Gives options for one connection. Whoever gets them may change them.</summary>
    /// <param name="clientName">What the server shows in its list of clients, if the text names nothing else.</param>
    public ConfigurationOptions ToOptions(string clientName)
    {
        var options = _options.Clone();
        options.ReconnectRetryPolicy = new ExponentialRetry(100, 1000);
        options.BacklogPolicy = BacklogPolicy.FailFast;
        options.ClientName ??= clientName;
        if (_paths.TryGetValue("passwordFile", out var passwordFile))
            options.Defaults = new PasswordFile(passwordFile);
        if (options.Ssl)
            Protect(options);
        return options;
    }

    private static Address FromUri(string text)
    {
        var comma = text.IndexOf(',', StringComparison.Ordinal);
        var (place, options) = comma < 0 ? (text, "") : (text[..comma], text[comma..]);
        var at = place.LastIndexOf('@');
        string? user = null, password = null;
        if (at >= 0)
        {
            var colon = place.IndexOf(':', StringComparison.Ordinal);
            user = Uri.UnescapeDataString(place[..(colon >= 0 && colon < at ? colon : at)]);
            password = colon >= 0 && colon < at ? Uri.UnescapeDataString(place[(colon + 1)..at]) : null;
            place = place[(at + 1)..];
        }

        int? database = null;
        var slash = place.IndexOf('/', StringComparison.Ordinal);
        if (slash >= 0 && slash < place.Length - 1)
        {
            if (!ushort.TryParse(place[(slash + 1)..], out var number))
                throw new ArgumentException("has something else than the number of a database after the server");
            database = number;
        }

        return new Address((slash < 0 ? place : place[..slash]) + options, user is "" ? null : user, password, database);
    }

    private static bool TryTakeFile(string part, Dictionary<string, string> paths)
    {
        var equals = part.IndexOf('=', StringComparison.Ordinal);
        if (equals < 0 || !s_files.Contains(part[..equals].Trim(), StringComparer.OrdinalIgnoreCase))
            return false;
        paths[part[..equals].Trim()] = part[(equals + 1)..].Trim();
        return true;
    }

    private static void Check(ConfigurationOptions options, Dictionary<string, string> paths)
    {
        var ofTls = paths.Keys.Where(k => !k.Equals("passwordFile", StringComparison.OrdinalIgnoreCase)).ToList();
        if (ofTls.Count > 0 && !options.Ssl)
            throw new ArgumentException($"has {string.Join(" and ", ofTls)}, which are for TLS: write rediss://HOST:PORT, or ssl=true");
        if (paths.ContainsKey("certificate") != paths.ContainsKey("key"))
            throw new ArgumentException("has one of certificate and key: both are needed");
        if (options.Password is { Length: > 0 } && paths.ContainsKey("passwordFile"))
            throw new ArgumentException("has a password and a passwordFile: leave one out");
        if (paths.TryGetValue("passwordFile", out var passwordFile))
            PasswordFile.Read(passwordFile);
        if (ofTls.Count > 0)
            ServerTrust.Check(paths.GetValueOrDefault("authorities"), paths.GetValueOrDefault("certificate"), paths.GetValueOrDefault("key"));
    }

    private void Protect(ConfigurationOptions options)
    {
        options.SslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13;
        options.CheckCertificateRevocation = false;
        if (_paths.TryGetValue("authorities", out var authorities))
            options.CertificateValidation += (_, certificate, chain, errors) => ServerTrust.IsTrusted(authorities, certificate, chain, errors);
        if (_paths.TryGetValue("certificate", out var certificate))
            options.CertificateSelection += (_, _, _, _, _) => ServerTrust.Load(certificate, _paths["key"]);
    }

    /// <summary>The first part of a URI.</summary>
    private sealed record Address(string Rest, string? User, string? Password, int? Database)
    {
        /// <summary>Shows no secret.</summary>
        public override string ToString() => Rest;
    }
}
