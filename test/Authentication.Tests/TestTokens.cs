using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ChatAkka.Authentication.Tokens;
using ChatAkka.TestSupport;
using Microsoft.IdentityModel.Tokens;

namespace ChatAkka.Authentication.Tests;

/// <summary>Keys in files, and tokens that are signed by hand, so that a test can make what no library would.</summary>
internal sealed class TestTokens : IDisposable
{
    public const string Issuer = "https://issuer.example";
    public const string Audience = "chat";

    public TestTokens()
    {
        Directory.CreateDirectory(Folder);
        Time.Advance(new DateTimeOffset(2026, 11, 30, 12, 0, 0, TimeSpan.Zero) - Time.GetUtcNow());
    }

    public string Folder { get; } = Path.Combine(Path.GetTempPath(), "chatakka-tokens-" + Guid.NewGuid().ToString("N"));

    public ManualTime Time { get; } = new();

    public byte[] Secret { get; } = Encoding.ASCII.GetBytes("a secret of sixty-four bytes, so that it is fit for HS512 as well");

    public RSA Rsa { get; } = RSA.Create(2048);

    public ECDsa Ec { get; } = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public List<string> Problems { get; } = [];

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    public string File(string name, byte[] content)
    {
        var path = Path.Combine(Folder, name);
        System.IO.File.WriteAllBytes(path, content);
        return path;
    }

    public string File(string name, string content) => File(name, Encoding.UTF8.GetBytes(content));

    public TokenSettings Settings(
        string[]? secrets = null, string[]? keys = null, string? jwks = null, TimeSpan? mostLifetime = null, TimeSpan? skew = null) =>
        new(Issuer, Audience, secrets ?? [], keys ?? [], jwks, mostLifetime ?? TimeSpan.FromDays(1), skew ?? TimeSpan.Zero);

    public TokenSettings AllKeys() => Settings(
        [File("secret", [.. Secret, (byte)'\n'])], [File("rsa.pem", Rsa.ExportSubjectPublicKeyInfoPem()), File("ec.pem", Ec.ExportSubjectPublicKeyInfoPem())]);

    public TokenVerifier Verifier(TokenSettings settings) => new(settings, new KeySource(settings, Time, Problems.Add), Time);

    public Dictionary<string, object> Claims(string user = "ann") => new()
    {
        ["iss"] = Issuer,
        ["aud"] = Audience,
        ["sub"] = user,
        ["jti"] = "t-1",
        ["iat"] = Time.GetUtcNow().ToUnixTimeSeconds(),
        ["exp"] = Time.GetUtcNow().AddMinutes(10).ToUnixTimeSeconds(),
    };

    /// <summary>Signs with whatever the algorithm's name says, or with the given function.</summary>
    public string Make(string algorithm, Dictionary<string, object>? claims = null, string? kid = null, Func<byte[], byte[]>? sign = null, string? header = null)
    {
        var fields = new Dictionary<string, object> { ["alg"] = algorithm, ["typ"] = "JWT" };
        if (kid is not null)
            fields["kid"] = kid;
        var head = Base64UrlEncoder.Encode(header ?? JsonSerializer.Serialize(fields));
        var text = head + "." + Base64UrlEncoder.Encode(JsonSerializer.Serialize(claims ?? Claims()));
        var bytes = Encoding.ASCII.GetBytes(text);
        return text + "." + Base64UrlEncoder.Encode((sign ?? (b => Sign(algorithm, b)))(bytes));
    }

    private byte[] Sign(string algorithm, byte[] bytes) => algorithm switch
    {
        "HS256" => HMACSHA256.HashData(Secret, bytes),
        "HS384" => HMACSHA384.HashData(Secret, bytes),
        "HS512" => HMACSHA512.HashData(Secret, bytes),
        "RS256" => Rsa.SignData(bytes, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1),
        "RS384" => Rsa.SignData(bytes, HashAlgorithmName.SHA384, RSASignaturePadding.Pkcs1),
        "PS256" => Rsa.SignData(bytes, HashAlgorithmName.SHA256, RSASignaturePadding.Pss),
        "ES256" => Ec.SignData(bytes, HashAlgorithmName.SHA256),
        _ => [],
    };
}
