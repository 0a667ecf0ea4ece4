using System.Security.Cryptography;
using ChatAkka.Authentication.Tokens;
using Microsoft.IdentityModel.Tokens;

namespace ChatAkka.Authentication.Tests;

/// <summary>Keys come from files, and are read again when a file changes.</summary>
public sealed class KeyFileSpecs : IDisposable
{
    private readonly TestTokens _tokens = new();

    public void Dispose() => _tokens.Dispose();

    [Fact]
    public async Task Should_take_the_new_keys_and_drop_the_old_ones_when_the_set_changes()
    {
        using var second = RSA.Create(2048);
        var settings = _tokens.Settings(jwks: _tokens.File("keys.json", Set(RsaKey(_tokens.Rsa, "one"))));
        var verifier = _tokens.Verifier(settings);
        var before = _tokens.Make("RS256", kid: "one");
        var after = _tokens.Make("RS256", kid: "two", sign: b => second.SignData(b, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
        (await verifier.VerifyAsync(before)).ShouldBeOfType<TokenVerdict.Accepted>();
        (await verifier.VerifyAsync(after)).ShouldBeOfType<TokenVerdict.Refused>();
        _tokens.File("keys.json", Set(RsaKey(second, "two")) + " ");
        _tokens.Time.Advance(TimeSpan.FromSeconds(1));
        (await verifier.VerifyAsync(after)).ShouldBeOfType<TokenVerdict.Accepted>();
        (await verifier.VerifyAsync(before)).ShouldBeOfType<TokenVerdict.Refused>();
    }

    [Fact]
    public async Task Should_keep_the_keys_and_say_so_when_the_changed_file_cannot_be_used()
    {
        var settings = _tokens.Settings(jwks: _tokens.File("keys.json", Set(RsaKey(_tokens.Rsa, "one"))));
        var verifier = _tokens.Verifier(settings);
        _tokens.File("keys.json", "{ half");
        _tokens.Time.Advance(TimeSpan.FromSeconds(1));
        (await verifier.VerifyAsync(_tokens.Make("RS256", kid: "one"))).ShouldBeOfType<TokenVerdict.Accepted>();
        _tokens.Problems.ShouldHaveSingleItem().ShouldContain("is not a JSON Web Key Set");
        File.Delete(settings.JwksFile!);
        _tokens.Time.Advance(TimeSpan.FromSeconds(1));
        (await verifier.VerifyAsync(_tokens.Make("RS256", kid: "one"))).ShouldBeOfType<TokenVerdict.Accepted>();
        _tokens.Problems.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Should_see_that_a_link_names_another_file()
    {
        using var second = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var link = Path.Combine(_tokens.Folder, "current");
        File.CreateSymbolicLink(link, _tokens.File("a.pem", _tokens.Ec.ExportSubjectPublicKeyInfoPem()));
        var verifier = _tokens.Verifier(_tokens.Settings(keys: [link]));
        File.Delete(link);
        File.CreateSymbolicLink(link, _tokens.File("b.pem", second.ExportSubjectPublicKeyInfoPem()));
        _tokens.Time.Advance(TimeSpan.FromSeconds(1));
        (await verifier.VerifyAsync(_tokens.Make("ES256", sign: b => second.SignData(b, HashAlgorithmName.SHA256)))).ShouldBeOfType<TokenVerdict.Accepted>();
    }

    [Fact]
    public async Task Should_use_a_key_of_a_set_only_for_the_algorithm_that_it_names()
    {
        var settings = _tokens.Settings(jwks: _tokens.File("keys.json", Set(Secret(_tokens.Secret, "HS512"))));
        var verifier = _tokens.Verifier(settings);
        (await verifier.VerifyAsync(_tokens.Make("HS512"))).ShouldBeOfType<TokenVerdict.Accepted>();
        (await verifier.VerifyAsync(_tokens.Make("HS256"))).ShouldBeOfType<TokenVerdict.Refused>();
    }

    [Fact]
    public async Task Should_read_a_certificate_and_a_key_on_a_curve_of_a_set()
    {
        var request = new System.Security.Cryptography.X509Certificates.CertificateRequest("CN=issuer", _tokens.Rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        (await _tokens.Verifier(_tokens.Settings(keys: [_tokens.File("cert.pem", certificate.ExportCertificatePem())])).VerifyAsync(_tokens.Make("RS256")))
            .ShouldBeOfType<TokenVerdict.Accepted>();
        var q = _tokens.Ec.ExportParameters(false).Q;
        var key = $$"""{"kty":"EC","crv":"P-256","x":"{{Base64UrlEncoder.Encode(q.X)}}","y":"{{Base64UrlEncoder.Encode(q.Y)}}"}""";
        var other = """{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}""";
        (await _tokens.Verifier(_tokens.Settings(jwks: _tokens.File("ec.json", Set(other, key)))).VerifyAsync(_tokens.Make("ES256")))
            .ShouldBeOfType<TokenVerdict.Accepted>();
    }

    [Theory]
    [InlineData("short", "too short", "at least 32 bytes")]
    [InlineData("pem", null, "is not a secret")]
    [InlineData("pem behind a blank line", null, "is not a secret")]
    [InlineData("set", """{"keys":[{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}""", "is not a secret")]
    [InlineData("absent", null, "cannot be read")]
    public void Should_say_what_is_wrong_with_a_secret(string kind, string? content, string problem)
    {
        var path = kind switch
        {
            "pem behind a blank line" => _tokens.File("x", "\n" + _tokens.Rsa.ExportSubjectPublicKeyInfoPem()),
            "pem" => _tokens.File("x", _tokens.Rsa.ExportSubjectPublicKeyInfoPem()),
            "absent" => Path.Combine(_tokens.Folder, "absent"),
            _ => _tokens.File("x", content!),
        };
        var e = Should.Throw<KeyFileException>(() => KeyFiles.Read(_tokens.Settings(secrets: [path])));
        e.Problem.ShouldContain(problem);
        e.Path.ShouldBe(path);
    }

    [Fact]
    public void Should_say_what_is_wrong_with_a_public_key()
    {
        using var small = RSA.Create(1024);
        using var curve = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        ProblemOf(_tokens.Rsa.ExportPkcs8PrivateKeyPem()).ShouldContain("private key");
        ProblemOf("nothing").ShouldContain("holds no public key");
        ProblemOf(small.ExportSubjectPublicKeyInfoPem()).ShouldContain("2048 bits");
        ProblemOf(curve.ExportSubjectPublicKeyInfoPem()).ShouldContain("P-256");

        string ProblemOf(string pem) => Should.Throw<KeyFileException>(() => KeyFiles.Read(_tokens.Settings(keys: [_tokens.File("x.pem", pem)]))).Problem;
    }

    [Theory]
    [InlineData("""{"keys":[]}""", "has no key")]
    [InlineData("[]", "is not a JSON Web Key Set")]
    [InlineData("""{"keys":[{"kty":"oct","k":"c2hvcnQ","kid":"s"}]}""", "'s' that is too short")]
    [InlineData("""{"keys":[{"kty":"RSA","n":"!!","e":"AQAB","kid":"r"}]}""", "'r' that cannot be read")]
    public void Should_say_what_is_wrong_with_a_set(string json, string problem) =>
        Should.Throw<KeyFileException>(() => KeyFiles.Read(_tokens.Settings(jwks: _tokens.File("x.json", json)))).Problem.ShouldContain(problem);

    private static string Set(params string[] keys) => $$"""{"keys":[{{string.Join(',', keys)}}]}""";

    private static string RsaKey(RSA rsa, string kid)
    {
        var key = rsa.ExportParameters(false);
        return $$"""{"kty":"RSA","use":"sig","kid":"{{kid}}","n":"{{Base64UrlEncoder.Encode(key.Modulus)}}","e":"{{Base64UrlEncoder.Encode(key.Exponent)}}"}""";
    }

    private static string Secret(byte[] secret, string algorithm) => $$"""{"kty":"oct","alg":"{{algorithm}}","k":"{{Base64UrlEncoder.Encode(secret)}}"}""";
}
