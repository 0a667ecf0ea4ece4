using System.Globalization;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using ChatAkka.TestSupport;

namespace ChatAkka.Cluster.Tests;

/// <summary>Clients over TLS, on a node in a process of its own.</summary>
public sealed class TlsSpecs : IDisposable
{
    private readonly TestCertificates _authority = new();
    private readonly TempFolder _data = new();
    private readonly string _address = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{FreePorts.Next()}");
    private readonly string _certificate;
    private readonly string _key;

    public TlsSpecs() => (_certificate, _key) = _authority.Issue("node-1");

    public void Dispose()
    {
        _authority.Dispose();
        _data.Dispose();
    }

    [Fact]
    public async Task Should_carry_chats_between_clients_with_and_without_tls_under_one_cap()
    {
        await using var node = await StartAsync("--max-connections", "2");
        node.Process.Output.ShouldContain($"clients: {node.Clients}, {_address} (TLS)");
        using var alice = await TlsClient.LoginAsync(_address, _authority, "alice");
        using var bob = await ChatClient.LoginAsync(node.Clients, "bob");
        await alice.SendAsync("chat bob over tls");
        (await bob.LineAsync()).ShouldContain("over tls");
        await bob.SendAsync("""{"cmd":"chat","recv":"alice","content":"and back","id":"1"}""");
        (await alice.LineAsync()).ShouldBe("bob给您发了消息:and back");
        (await bob.LineAsync()).ShouldContain("delivered");
        using var third = await TlsClient.ConnectAsync(_address, _authority);
        (await third.LineAsync())!.ShouldContain("server_full");
        (await third.LineAsync()).ShouldBeNull("the connection is closed in order");
        await alice.SendAsync("quit");
        (await alice.LineAsync()).ShouldBe("OK logout");
        (await alice.LineAsync()).ShouldBeNull();
    }

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task Should_agree_on_a_protocol_that_is_safe(SslProtocols protocol)
    {
        await using var node = await StartAsync();
        using var client = await TlsClient.ConnectAsync(_address, _authority, protocol);
        client.Protocol.ShouldBe(protocol);
        await client.SendAsync("ping");
        (await client.LineAsync()).ShouldBe("OK ping");
    }

    [Fact]
    public async Task Should_end_only_the_connection_of_a_client_that_sends_something_else()
    {
        await using var node = await StartAsync();
        using var alice = await TlsClient.LoginAsync(_address, _authority, "alice");
        foreach (var bytes in new[] { "GET / HTTP/1.1\r\nHost: x\r\n\r\n", "login bob\n", "\u0016\u0003\u0001\u0000\u0005garbage that is long enough to be read as a record", new string('x', 100_000) })
        {
            using var other = await ChatClient.ConnectAsync(_address);
            try
            {
                await other.SendRawAsync(Encoding.Latin1.GetBytes(bytes));
                await Should.ThrowAsync<Exception>(async () =>
                {
                    // An alert of TLS may come first.
                    for (var i = 0; i < 3; i++)
                        await other.RawLineAsync();
                });
            }
            catch (System.Net.Sockets.SocketException)
            {
                // It was reset while it sent.
            }
        }

        await alice.SendAsync("ping");
        (await alice.LineAsync()).ShouldBe("OK ping");
        await node.Process.WaitForAsync("TLS handshake with 127.0.0.1");
        node.Process.Output.Split("TLS handshake with").Length.ShouldBe(2, "there is at most one line in ten seconds");
        node.Process.Signal("TERM");
        (await node.Process.ExitAsync()).ShouldBe(0);
        node.Process.Output.ShouldContain("TLS handshakes that failed 4");
    }

    [Fact]
    public async Task Should_close_a_client_that_does_not_shake_hands_and_let_others_in_meanwhile()
    {
        await using var node = await StartAsync("--config", Config("chat.listener.login-timeout = 6s, chat.tls.max-handshakes = 4"));
        List<ChatClient> silent = [];
        for (var i = 0; i < 20; i++)
            silent.Add(await ChatClient.ConnectAsync(_address));
        using var alice = await TlsClient.LoginAsync(_address, _authority, "alice");
        foreach (var client in silent)
        {
            await Should.ThrowAsync<Exception>(client.RawLineAsync);
            client.Dispose();
        }

        await alice.SendAsync("ping");
        (await alice.LineAsync()).ShouldBe("OK ping");
    }

    [Fact]
    public async Task Should_take_a_new_certificate_without_losing_a_connection()
    {
        await using var node = await StartAsync();
        using var alice = await TlsClient.LoginAsync(_address, _authority, "alice");
        using var bob = await ChatClient.LoginAsync(node.Clients, "bob");
        using var stop = new CancellationTokenSource();
        var chats = Task.Run(async () =>
        {
            var count = 0;
            for (; !stop.IsCancellationRequested; count++)
            {
                await alice.SendAsync(string.Create(CultureInfo.InvariantCulture, $"chat bob {count}"));
                (await bob.LineAsync()).ShouldEndWith(string.Create(CultureInfo.InvariantCulture, $":{count}"));
            }

            return count;
        });

        // First only one of the two files fits: the former certificate stays.
        var (certificate, key) = _authority.Issue("node-2");
        File.Copy(certificate, _certificate, overwrite: true);
        await node.Process.WaitForAsync("the files changed and cannot be used");
        (await SubjectAsync()).ShouldBe("CN=node-1");
        File.Copy(key, _key, overwrite: true);
        await node.Process.WaitForAsync("new connections get the certificate that was read again");
        (await SubjectAsync()).ShouldBe("CN=node-2");
        await stop.CancelAsync();
        (await chats).ShouldBeGreaterThan(10);
    }

    [Theory]
    [InlineData("required", false, false)]
    [InlineData("required", true, true)]
    [InlineData("optional", false, true)]
    [InlineData("optional", true, true)]
    public async Task Should_ask_clients_for_certificates_when_it_is_told_to(string verify, bool hasCertificate, bool isLetIn)
    {
        await using var node = await StartAsync("--config", Config($"chat.tls.client-certificates {{ verify = {verify}, authorities = \"{_authority.AuthorityFile}\" }}"));
        using var stranger = new TestCertificates("another authority");
        (await IsLetInAsync(CertificateOf(stranger))).ShouldBeFalse("it is of another authority");
        (await IsLetInAsync(hasCertificate ? CertificateOf(_authority) : null)).ShouldBe(isLetIn);
    }

    [Fact]
    public async Task Should_name_every_file_that_is_wrong_and_not_start()
    {
        var other = _authority.Issue("other");
        var notPem = Path.Combine(_data.Path, "text");
        await File.WriteAllTextAsync(notPem, "no certificate");
        await ExpectAsync(["--tls-cert", _certificate, "--tls-key", other.Key], "chat.tls.key", "is not the private key");
        await ExpectAsync(["--tls-cert", notPem, "--tls-key", _key], "chat.tls.certificate", "has no certificate in PEM form");
        await ExpectAsync(["--tls-cert", _certificate + "x", "--tls-key", _key], "chat.tls.certificate", "cannot be read");
        await ExpectAsync([], "chat.tls.certificate: is empty", "chat.tls.key: is empty");
        await ExpectAsync(
            ["--tls-cert", _certificate, "--tls-key", _key, "--config", Config("chat.tls.client-certificates.verify = required")], "chat.tls.client-certificates.authorities");
    }

    private async Task ExpectAsync(string[] arguments, params string[] said)
    {
        var (code, output) = await TestNode.RunToEndAsync("ChatAkka.Node", ["--data", _data.Path, "--tls-listen", _address, .. arguments]);
        code.ShouldBe(2, output);
        foreach (var text in said)
            output.ShouldContain(text);
    }

    private async Task<TestNode> StartAsync(params string[] more)
    {
        var node = TestNode.Alone(Path.Combine(_data.Path, "store"), null, ["--tls-listen", _address, "--tls-cert", _certificate, "--tls-key", _key, .. more]);
        await node.ReadyAsync();
        return node;
    }

    private string Config(string text)
    {
        var file = Path.Combine(_data.Path, $"{Guid.NewGuid():N}.conf");
        File.WriteAllText(file, text);
        return file;
    }

    private async Task<string> SubjectAsync()
    {
        using var client = await TlsClient.ConnectAsync(_address, _authority);
        return client.Subject;
    }

    private static X509Certificate2 CertificateOf(TestCertificates authority)
    {
        var (certificate, key) = authority.Issue("client");
        return X509Certificate2.CreateFromPemFile(certificate, key);
    }

    /// <summary>With TLS 1.3 a client may learn only afterwards that its certificate is refused.</summary>
    private async Task<bool> IsLetInAsync(X509Certificate2? own)
    {
        try
        {
            using var client = await TlsClient.ConnectAsync(_address, _authority, own: own);
            await client.SendAsync("ping");
            return await client.LineAsync() == "OK ping";
        }
        catch (Exception e) when (e is IOException or AuthenticationException)
        {
            return false;
        }
    }
}
