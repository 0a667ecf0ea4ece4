using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using ChatAkka.Runtime.Proof;
using ChatAkka.TestSupport;

namespace ChatAkka.Startup.Tests.Members;

public sealed class MemberTlsSpecs : IAsyncDisposable
{
    private readonly TransportKit _kit = new();
    private readonly TestCertificates _authority = new();
    private readonly TestCertificates _other = new("another authority");
    private readonly TempFolder _folder = new();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Should_connect_members_with_certificates_of_their_authority(bool withCookie)
    {
        var cookie = withCookie ? TestCookie.New() : null;
        var (a, b) = (await _kit.StartAsync(With(_authority, "a", cookie: cookie)), await _kit.StartAsync(With(_authority, "b", cookie: cookie)));
        (await a.DialAsync(b)).ShouldBeNull();
        var association = await b.Transport.Associate(a.Address);
        association.ReadHandlerSource.SetResult(b.Inbound);

        // Payloads go through TLS whole and in order, also those that are longer than one of its records.
        association.Write(Google.Protobuf.ByteString.CopyFrom(Payloads.Associate("127.0.0.1", (uint)b.Port)));
        for (var i = 0; i < 100; i++)
            association.Write(Google.Protobuf.ByteString.CopyFrom(new byte[i * 1000]));
        await Eventually.TrueAsync(() => a.Inbound.Payloads == 101, "all came");
    }

    [Fact]
    public async Task Should_refuse_a_member_of_another_authority_in_both_directions()
    {
        var (a, b) = (await _kit.StartAsync(With(_authority, "a")), await _kit.StartAsync(With(_other, "b")));
        (await a.DialAsync(b)).ShouldNotBeNull();
        (await b.DialAsync(a)).ShouldNotBeNull();
        await NothingGotInAsync(a, b);
    }

    [Fact]
    public async Task Should_refuse_a_member_whose_certificate_is_of_another_authority_although_it_trusts_the_right_one()
    {
        var (certificate, key) = _other.Issue("b");
        var (a, b) = (await _kit.StartAsync(With(_authority, "a")),
            await _kit.StartAsync(new MemberSecurity { Tls = new MemberTlsFiles(certificate, key, _authority.AuthorityFile) }));
        (await b.DialAsync(a)).ShouldNotBeNull();
        (await a.DialAsync(b)).ShouldNotBeNull();
        await NothingGotInAsync(a, b);
    }

    [Fact]
    public async Task Should_refuse_a_member_whose_certificate_is_for_another_host_in_both_directions()
    {
        var (a, b) = (await _kit.StartAsync(With(_authority, "a")), await _kit.StartAsync(With(_authority, "b", host: "b.example")));
        (await a.DialAsync(b)).ShouldNotBeNull();
        (await b.DialAsync(a))!.ShouldContain("is for another host");
        await NothingGotInAsync(a, b);
    }

    [Fact]
    public async Task Should_refuse_who_has_no_certificate()
    {
        var a = await _kit.StartAsync(With(_authority, "a"));
        using var stranger = await a.ConnectAsync();
        using var tls = new SslStream(stranger.GetStream(), false, (_, _, _, _) => true);
        await Should.ThrowAsync<Exception>(async () =>
        {
            await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "127.0.0.1", EnabledSslProtocols = SslProtocols.Tls13 });

            // With TLS 1.3 the client is done before the server has looked at what it has.
            await tls.WriteAsync(new byte[100]);
            if (await tls.ReadAsync(new byte[100]).AsTask().WaitAsync(Eventually.Limit) == 0)
                throw new IOException("ended");
        });
        await Eventually.TrueAsync(() => a.Transport.RefusedConnections == 1, "it is counted");
        a.Inbound.Connections.ShouldBe(0);
    }

    [Fact]
    public async Task Should_refuse_members_without_tls_and_tell_them_and_what_is_no_tls_at_all()
    {
        var (a, plain) = (await _kit.StartAsync(With(_authority, "a")), await _kit.StartAsync(TransportKit.With(TestCookie.New())));
        (await plain.DialAsync(a))!.ShouldContain("set chat.cluster.tls");
        (await a.DialAsync(plain)).ShouldNotBeNull();
        await NothingGotInAsync(a, plain);

        var bare = await _kit.StartAsync(null);
        var association = await bare.Transport.Associate(a.Address);
        association.ReadHandlerSource.SetResult(bare.Inbound);
        association.Write(Google.Protobuf.ByteString.CopyFrom(Payloads.Associate("127.0.0.1", 1)));
        (await bare.WarningAsync()).ShouldContain("set chat.cluster.tls");
        a.Inbound.Connections.ShouldBe(0);
    }

    [Fact]
    public async Task Should_need_the_cookie_as_well_if_it_has_one()
    {
        var cookie = TestCookie.New();
        var (a, b) = (await _kit.StartAsync(With(_authority, "a", cookie: cookie)), await _kit.StartAsync(With(_authority, "b")));
        (await b.DialAsync(a))!.ShouldContain("set chat.cluster.cookie");
        (await a.DialAsync(b))!.ShouldContain("it proves no cookie");
        await NothingGotInAsync(a, b);
    }

    [Fact]
    public async Task Should_go_on_with_members_without_tls_in_transition()
    {
        var cookie = TestCookie.New();
        var (both, plain) = (await _kit.StartAsync(With(_authority, "a", cookie: cookie, isTransition: true)), await _kit.StartAsync(TransportKit.With(cookie)));
        (await both.DialAsync(plain)).ShouldBeNull();
        (await plain.DialAsync(both)).ShouldBeNull();
        var tls = await _kit.StartAsync(With(_authority, "c", cookie: cookie));
        (await both.DialAsync(tls)).ShouldBeNull();
        (await tls.DialAsync(both)).ShouldBeNull();
    }

    [Fact]
    public async Task Should_use_new_files_for_new_connections_and_keep_the_open_ones()
    {
        var files = new MemberTlsFiles(Path.Combine(_folder.Path, "cert"), Path.Combine(_folder.Path, "key"), Path.Combine(_folder.Path, "ca"));
        Put(_authority, "first");
        var (a, b) = (await _kit.StartAsync(new MemberSecurity { Tls = files }, TransportKit.Short), await _kit.StartAsync(new MemberSecurity { Tls = files }, TransportKit.Short));
        var association = await a.Transport.Associate(b.Address);
        association.ReadHandlerSource.SetResult(a.Inbound);
        association.Write(Google.Protobuf.ByteString.CopyFrom(Payloads.Associate("127.0.0.1", (uint)a.Port)));

        // Another authority altogether: the former certificate is good for nothing any more.
        Put(_other, "second");
        var outside = await _kit.StartAsync(With(_other, "outside"));
        await Eventually.TrueAsync(async () => await outside.DialAsync(b) is null && await outside.DialAsync(a) is null && await a.DialAsync(b) is null, "the new files are used");
        association.Write(Google.Protobuf.ByteString.CopyFromUtf8("still there"));
        await Eventually.TrueAsync(() => b.Inbound.Payloads == 2, "the open connection goes on");

        void Put(TestCertificates authority, string name)
        {
            var (certificate, key) = authority.Issue(name);
            File.Copy(certificate, files.Certificate, overwrite: true);
            File.Copy(key, files.Key, overwrite: true);
            File.Copy(authority.AuthorityFile, files.Authorities, overwrite: true);
        }
    }

    [Fact]
    public void Should_know_for_which_host_a_certificate_is_by_its_alternative_names_alone()
    {
        var (file, _) = _authority.Issue("b.example", host: "a.example");
        using var certificate = X509CertificateLoader.LoadCertificateFromFile(file);
        MemberIdentity.IsFor(certificate, "a.example").ShouldBeTrue();
        MemberIdentity.IsFor(certificate, "b.example").ShouldBeFalse();
        MemberIdentity.IsFor(certificate, "127.0.0.1").ShouldBeFalse();
        MemberIdentity.IsFor(null, "a.example").ShouldBeFalse();
    }

    public async ValueTask DisposeAsync()
    {
        await _kit.DisposeAsync();
        _authority.Dispose();
        _other.Dispose();
        _folder.Dispose();
    }

    private static MemberSecurity With(TestCertificates authority, string name, string? host = null, string? cookie = null, bool isTransition = false)
    {
        var (certificate, key) = authority.Issue(name, host: host);
        return new MemberSecurity { Tls = new MemberTlsFiles(certificate, key, authority.AuthorityFile), CookieText = cookie, IsTransition = isTransition };
    }

    private static async Task NothingGotInAsync(params TransportKit.Member[] members)
    {
        await Eventually.TrueAsync(() => members.All(m => m.Transport.RefusedConnections > 0), "each refused one");
        foreach (var member in members)
            (member.Inbound.Connections, member.Inbound.Payloads).ShouldBe((0, 0));
    }
}
