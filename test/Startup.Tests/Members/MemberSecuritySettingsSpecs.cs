using System.Collections;
using ChatAkka.TestSupport;

namespace ChatAkka.Startup.Tests.Members;

public sealed class MemberSecuritySettingsSpecs : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly TestCertificates _authority = new();

    [Theory]
    [InlineData("10.1.2.3:4053")]
    [InlineData("chat.example:4053")]
    public void Should_refuse_an_address_that_others_reach_without_cookie_and_TLS_and_say_what_to_set(string address)
    {
        var problem = Read(out _, ("chat.cluster.address", address)).ShouldHaveSingleItem();
        problem.ShouldStartWith($"chat.cluster.address: is {address}");
        foreach (var setting in new[] { "chat.cluster.cookie", "chat.cluster.tls", "chat.cluster.open-to-network = on", "openssl rand -base64 32" })
            problem.ShouldContain(setting);
    }

    [Fact]
    public void Should_say_the_posture()
    {
        var cookie = ("chat.cluster.cookie", TestCookie.New());
        var network = ("chat.cluster.address", "10.1.2.3:4053");
        var (certificate, key) = _authority.Issue("a");
        (string, string)[] tls =
            [("chat.cluster.tls.certificate", certificate), ("chat.cluster.tls.key", key), ("chat.cluster.tls.authorities", _authority.AuthorityFile)];
        PostureOf().ShouldBe("loopback");
        PostureOf(("chat.cluster.address", "localhost:1")).ShouldBe("loopback");
        PostureOf(network, ("chat.cluster.open-to-network", "on")).ShouldBe("open to network");
        PostureOf(network, cookie).ShouldBe("cookie");
        PostureOf([.. tls]).ShouldBe("mutual TLS");
        PostureOf([.. tls, cookie]).ShouldBe("mutual TLS, cookie");
        PostureOf(cookie, ("chat.cluster.transition", "on")).ShouldBe("cookie (in transition: not required)");
        Posture.Of(("clients", "TLS, token"), ("pbm", "loopback")).ShouldBe("security: clients: TLS, token; pbm: loopback");
    }

    [Fact]
    public void Should_take_the_cookie_from_the_environment_or_a_file_and_hide_it()
    {
        var (text, file) = (TestCookie.New(), Path.Combine(_folder.Path, "cookie"));
        var reader = ConfigLayers.Load(["common.conf"], null, new Hashtable { ["CHATAKKA__CHAT__CLUSTER__COOKIE"] = text }, []);
        var settings = ClusterSettings.Create(reader, _ => ["node"], "node");
        settings.Security.Proofs!.ReadCookies().Count.ShouldBe(1);
        settings.ToHocon().WithFallback(reader.Config).GetString("chat.cluster.cookie").ShouldBeEmpty();

        File.WriteAllText(file, text + "\n");
        Read(out var fromFile, ("chat.cluster.cookie-file", file)).ShouldBeEmpty();
        fromFile.Proofs!.ReadCookies()[0].Id.ShouldBe(settings.Security.Proofs.ReadCookies()[0].Id);
    }

    [Fact]
    public void Should_refuse_what_cannot_be_a_cookie_and_not_show_it()
    {
        Read(out _, ("chat.cluster.cookie", "too-short-1")).ShouldHaveSingleItem().ShouldNotContain("too-short-1");
        Read(out _, ("chat.cluster.cookie-file", "/nowhere")).ShouldHaveSingleItem().ShouldStartWith("chat.cluster.cookie-file: cannot be read");
        Read(out _, ("chat.cluster.cookie", TestCookie.New()), ("chat.cluster.cookie-file", "/nowhere")).ShouldContain(p => p.Contains("both set"));
        Read(out _, ("chat.cluster.cookie", TestCookie.New()), ("akka.remote.enabled-transports", "[\"akka.remote.dot-netty.tcp\"]"))
            .ShouldHaveSingleItem().ShouldStartWith("akka.remote.enabled-transports");
    }

    [Fact]
    public void Should_refuse_files_for_TLS_that_cannot_work()
    {
        var (certificate, key) = _authority.Issue("a");
        Read(out _, ("chat.cluster.tls.certificate", certificate)).Count.ShouldBe(2);
        Read(out _, ("chat.cluster.tls.certificate", certificate), ("chat.cluster.tls.key", _authority.AuthorityFile), ("chat.cluster.tls.authorities", _authority.AuthorityFile))
            .ShouldHaveSingleItem().ShouldStartWith("chat.cluster.tls.key");
        Read(out _, ("chat.cluster.tls.certificate", certificate), ("chat.cluster.tls.key", key), ("chat.cluster.tls.authorities", key))
            .ShouldHaveSingleItem().ShouldStartWith("chat.cluster.tls.authorities");
        var (other, otherKey) = _authority.Issue("b", host: "b.example");
        Read(out _, ("chat.cluster.tls.certificate", other), ("chat.cluster.tls.key", otherKey), ("chat.cluster.tls.authorities", _authority.AuthorityFile))
            .ShouldHaveSingleItem().ShouldContain("is not for 127.0.0.1");
    }

    public void Dispose()
    {
        _folder.Dispose();
        _authority.Dispose();
    }

    private static string PostureOf(params (string Path, string Value)[] settings)
    {
        Read(out var security, settings).ShouldBeEmpty();
        return security.Posture;
    }

    private static IReadOnlyList<string> Read(out MemberSecuritySettings security, params (string Path, string Value)[] settings)
    {
        var reader = ConfigLayers.Load(["common.conf"], null, new Hashtable(), settings.Select(s => new KeyValuePair<string, string>(s.Path, s.Value)));
        security = ClusterSettings.Create(reader, _ => ["node"], "node").Security;
        return reader.Problems;
    }
}
