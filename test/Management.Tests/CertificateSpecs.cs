using System.Security.Cryptography.X509Certificates;
using ChatAkka.Management.Client;
using ChatAkka.Management.Client.Certificates;
using ChatAkka.TestSupport;

namespace ChatAkka.Management.Tests;

public sealed class CertificateSpecs : IDisposable
{
    private static readonly DateTimeOffset s_now = DateTimeOffset.UtcNow;
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Should_make_an_authority_and_a_certificate_for_each_host()
    {
        Run("make", Dir, "127.0.0.1", "node-1.example.org").Code.ShouldBe(ExitCodes.Ok);
        using var authority = X509CertificateLoader.LoadCertificateFromFile(Path.Combine(Dir, "ca.pem"));
        foreach (var host in new[] { "127.0.0.1", "node-1.example.org" })
        {
            using var certificate = X509Certificate2.CreateFromPemFile(Path.Combine(Dir, host + ".pem"), Path.Combine(Dir, host + ".key"));
            certificate.MatchesHostname(host).ShouldBeTrue();
            certificate.MatchesHostname("other.example.org").ShouldBeFalse();
            using var chain = new X509Chain();
            chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            chain.ChainPolicy.CustomTrustStore.Add(authority);
            chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
            chain.Build(certificate).ShouldBeTrue(string.Join(", ", chain.ChainStatus.Select(s => s.StatusInformation)));
        }

        if (OperatingSystem.IsWindows())
            return;
        foreach (var key in Directory.GetFiles(Dir, "*.key"))
            File.GetUnixFileMode(key).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite, key);
    }

    [Fact]
    public void Should_add_a_host_to_an_authority_that_is_there()
    {
        Run("make", Dir, "a");
        var authority = File.ReadAllText(Path.Combine(Dir, "ca.pem"));
        Run("make", Dir, "b").Output.ShouldNotContain("ca.pem");
        File.ReadAllText(Path.Combine(Dir, "ca.pem")).ShouldBe(authority);
        File.Exists(Path.Combine(Dir, "a.pem")).ShouldBeTrue();
    }

    [Fact]
    public void Should_say_until_when_certificates_are_valid()
    {
        Run("make", Dir, "a");
        var file = Path.Combine(Dir, "a.pem");
        var (code, output) = Run("check", file, Path.Combine(Dir, "ca.pem"));
        code.ShouldBe(ExitCodes.Ok, output);
        output.ShouldContain("CN=a (a): valid until");
        CertificateCheck.Look(file, s_now.AddDays(380)).ShouldSatisfyAllConditions(r => r.IsGood.ShouldBeFalse(), r => r.Lines[0].ShouldContain("REPLACE IT SOON"));
        CertificateCheck.Look(file, s_now.AddDays(400)).ShouldSatisfyAllConditions(r => r.IsGood.ShouldBeFalse(), r => r.Lines[0].ShouldContain("EXPIRED"));
        CertificateCheck.Look(file, s_now.AddDays(-2)).ShouldSatisfyAllConditions(r => r.IsGood.ShouldBeFalse(), r => r.Lines[0].ShouldContain("NOT VALID before"));
        Run("check", file + "x").Code.ShouldBe(ExitCodes.Failed);
        Run("check", Path.Combine(Dir, "a.key")).ShouldSatisfyAllConditions(r => r.Code.ShouldBe(ExitCodes.Failed), r => r.Output.ShouldContain("has no certificate"));
    }

    [Theory]
    [InlineData]
    [InlineData("make")]
    [InlineData("make", "dir")]
    [InlineData("make", "dir", "no host")]
    [InlineData("make", "dir", "CA")]
    [InlineData("check")]
    [InlineData("renew", "x")]
    public void Should_say_how_it_is_used(params string[] words)
    {
        var (code, output) = Run([.. words.Select(w => w == "dir" ? Dir : w)]);
        code.ShouldBe(ExitCodes.Usage);
        output.ShouldNotBeEmpty();
        Directory.GetFiles(_folder.Path, "*", SearchOption.AllDirectories).ShouldBeEmpty();
    }

    private string Dir => Path.Combine(_folder.Path, "certs");

    private static (int Code, string Output) Run(params string[] words)
    {
        using var output = new StringWriter();
        return (CertificateCommands.Run(words, s_now, output, output), output.ToString());
    }
}
