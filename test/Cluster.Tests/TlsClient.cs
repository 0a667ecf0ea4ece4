using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using ChatAkka.TestSupport;

namespace ChatAkka.Cluster.Tests;

/// <summary>A client that speaks lines over TLS, and trusts one authority.</summary>
internal sealed class TlsClient : IDisposable
{
    private readonly SslStream _tls;
    private readonly StreamReader _reader;

    private TlsClient(SslStream tls)
    {
        _tls = tls;
        _reader = new StreamReader(tls, Encoding.UTF8);
    }

    /// <summary>The protocol that was agreed on.</summary>
    public SslProtocols Protocol => _tls.SslProtocol;

    /// <summary>The server's certificate.</summary>
    public string Subject => _tls.RemoteCertificate!.Subject;

    public static async Task<TlsClient> ConnectAsync(
        string address, TestCertificates authority, SslProtocols protocols = SslProtocols.None, X509Certificate2? own = null)
    {
        var colon = address.LastIndexOf(':');
        var socket = new TcpClient { NoDelay = true };
        await socket.ConnectAsync(address[..colon], int.Parse(address[(colon + 1)..], System.Globalization.CultureInfo.InvariantCulture));
        var tls = new SslStream(socket.GetStream(), false, (_, certificate, _, _) => authority.Issued(certificate));
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "localhost",
            EnabledSslProtocols = protocols,
            ClientCertificates = own is null ? null : [own],
        }).WaitAsync(Eventually.Limit);
        return new TlsClient(tls);
    }

    public static async Task<TlsClient> LoginAsync(string address, TestCertificates authority, string name)
    {
        var client = await ConnectAsync(address, authority);
        await client.SendAsync($"login {name}");
        (await client.LineAsync())!.ShouldStartWith($"OK login {name}");
        return client;
    }

    public async Task SendAsync(string line) => await _tls.WriteAsync(Encoding.UTF8.GetBytes(line + "\n"));

    public async Task<string?> LineAsync() => await _reader.ReadLineAsync().WaitAsync(Eventually.Limit);

    public void Dispose() => _tls.Dispose();
}
