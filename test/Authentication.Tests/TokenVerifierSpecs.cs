using System.Security.Cryptography;
using System.Text;
using ChatAkka.Authentication.Tokens;
using CsCheck;
using Microsoft.IdentityModel.Tokens;

namespace ChatAkka.Authentication.Tests;

/// <summary>Which tokens are accepted, and which are not.</summary>
public sealed class TokenVerifierSpecs : IDisposable
{
    private readonly TestTokens _tokens = new();

    public void Dispose() => _tokens.Dispose();

    [Theory]
    [InlineData("HS256")]
    [InlineData("HS384")]
    [InlineData("HS512")]
    [InlineData("RS256")]
    [InlineData("ES256")]
    public async Task Should_accept_a_token_of_each_algorithm(string algorithm)
    {
        var token = (await Verify(_tokens.Make(algorithm))).ShouldBeOfType<TokenVerdict.Accepted>().Token;
        token.ShouldBe(new AcceptedToken("ann", "t-1", _tokens.Time.GetUtcNow(), _tokens.Time.GetUtcNow().AddMinutes(10)));
    }

    [Fact]
    public async Task Should_accept_the_token_of_RFC_7515_appendix_A_1_but_for_its_issuer()
    {
        // The fixed vector of the RFC: its key, and a token of 2011 without sub and aud. Its signature is right, so what is wrong is only that.
        var key = Base64UrlEncoder.DecodeBytes("AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow");
        const string Token = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
            + ".dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        var settings = _tokens.Settings([_tokens.File("rfc", key)]);
        (await _tokens.Verifier(settings).VerifyAsync(Token)).ShouldBeOfType<TokenVerdict.Ended>();
        var forged = Token[..^1] + "l";
        (await _tokens.Verifier(settings).VerifyAsync(forged)).ShouldBeOfType<TokenVerdict.Refused>();
    }

    [Theory]
    [InlineData("none")]
    [InlineData("None")]
    [InlineData("NONE")]
    [InlineData("nOnE")]
    public async Task Should_refuse_a_token_without_a_signature(string algorithm)
    {
        var token = _tokens.Make(algorithm, sign: _ => []);
        token.ShouldEndWith(".");
        (await Verify(token)).ShouldBeOfType<TokenVerdict.Refused>();
        (await Verify(token.TrimEnd('.'))).ShouldBeOfType<TokenVerdict.Refused>();
    }

    [Theory]
    [InlineData("HS256")]
    [InlineData("HS384")]
    [InlineData("HS512")]
    public async Task Should_refuse_a_token_whose_secret_is_the_public_key(string algorithm)
    {
        foreach (var secret in PublicBytes())
        {
            var token = _tokens.Make(algorithm, sign: b => algorithm switch
            {
                "HS256" => HMACSHA256.HashData(secret, b),
                "HS384" => HMACSHA384.HashData(secret, b),
                _ => HMACSHA512.HashData(secret, b),
            });
            (await Verify(token)).ShouldBeOfType<TokenVerdict.Refused>();
            (await _tokens.Verifier(_tokens.Settings(keys: [_tokens.File("only.pem", _tokens.Rsa.ExportSubjectPublicKeyInfoPem())])).VerifyAsync(token))
                .ShouldBeOfType<TokenVerdict.Refused>();
        }
    }

    [Theory]
    [InlineData("RS384")]
    [InlineData("PS256")]
    [InlineData("hs256")]
    [InlineData("")]
    public async Task Should_refuse_an_algorithm_that_is_not_on_the_list(string algorithm) =>
        (await Verify(_tokens.Make(algorithm))).ShouldBeOfType<TokenVerdict.Refused>();

    [Fact]
    public async Task Should_refuse_a_token_that_another_key_signed()
    {
        using var other = RSA.Create(2048);
        (await Verify(_tokens.Make("RS256", sign: b => other.SignData(b, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)))).ShouldBeOfType<TokenVerdict.Refused>();
        (await Verify(_tokens.Make("HS256", sign: b => HMACSHA256.HashData("another secret, which is long enough"u8.ToArray(), b)))).ShouldBeOfType<TokenVerdict.Refused>();
    }

    [Theory]
    [InlineData("iss", "https://other.example")]
    [InlineData("aud", "other")]
    [InlineData("sub", "")]
    [InlineData("iss", null)]
    [InlineData("aud", null)]
    [InlineData("sub", null)]
    [InlineData("exp", null)]
    public async Task Should_refuse_a_token_that_lacks_something(string claim, string? value)
    {
        var claims = _tokens.Claims();
        if (value is null)
            claims.Remove(claim);
        else
            claims[claim] = value;
        (await Verify(_tokens.Make("HS256", claims))).ShouldBeOfType<TokenVerdict.Refused>();
    }

    [Fact]
    public async Task Should_refuse_a_token_that_was_issued_in_the_future()
    {
        var claims = _tokens.Claims();
        claims["iat"] = _tokens.Time.GetUtcNow().AddMinutes(1).ToUnixTimeSeconds();
        (await Verify(_tokens.Make("HS256", claims))).ShouldBeOfType<TokenVerdict.Refused>();
        claims["iat"] = _tokens.Time.GetUtcNow().ToUnixTimeMilliseconds();
        (await Verify(_tokens.Make("HS256", claims))).ShouldBeOfType<TokenVerdict.Refused>();
        claims.Remove("iat");
        (await Verify(_tokens.Make("HS256", claims))).ShouldBeOfType<TokenVerdict.Accepted>();
    }

    [Fact]
    public async Task Should_accept_one_of_several_audiences()
    {
        var claims = _tokens.Claims();
        claims["aud"] = new[] { "other", TestTokens.Audience };
        (await Verify(_tokens.Make("HS256", claims))).ShouldBeOfType<TokenVerdict.Accepted>();
    }

    [Fact]
    public async Task Should_refuse_a_token_from_its_end_on()
    {
        var verifier = _tokens.Verifier(_tokens.AllKeys());
        var token = _tokens.Make("HS256");
        _tokens.Time.Advance(TimeSpan.FromMinutes(10) - TimeSpan.FromSeconds(1));
        (await verifier.VerifyAsync(token)).ShouldBeOfType<TokenVerdict.Accepted>();
        _tokens.Time.Advance(TimeSpan.FromSeconds(2));
        (await verifier.VerifyAsync(token)).ShouldBeOfType<TokenVerdict.Ended>();
    }

    [Fact]
    public async Task Should_refuse_a_token_before_its_beginning()
    {
        var claims = _tokens.Claims();
        claims["nbf"] = _tokens.Time.GetUtcNow().AddSeconds(5).ToUnixTimeSeconds();
        var token = _tokens.Make("ES256", claims);
        var verifier = _tokens.Verifier(_tokens.AllKeys());
        (await verifier.VerifyAsync(token)).ShouldBeOfType<TokenVerdict.Refused>();
        _tokens.Time.Advance(TimeSpan.FromSeconds(5));
        (await verifier.VerifyAsync(token)).ShouldBeOfType<TokenVerdict.Accepted>();
    }

    [Fact]
    public async Task Should_refuse_a_token_that_ends_later_than_a_revocation_is_kept()
    {
        var verifier = _tokens.Verifier(_tokens.AllKeys() with { MostLifetime = TimeSpan.FromMinutes(10) });
        (await verifier.VerifyAsync(_tokens.Make("HS256"))).ShouldBeOfType<TokenVerdict.Accepted>();
        var claims = _tokens.Claims();
        claims["exp"] = _tokens.Time.GetUtcNow().AddMinutes(10).AddSeconds(1).ToUnixTimeSeconds();
        (await verifier.VerifyAsync(_tokens.Make("HS256", claims))).ShouldBeOfType<TokenVerdict.Refused>();
    }

    [Fact]
    public async Task Should_refuse_critical_extensions() => (await Verify(_tokens.Make(
        "HS256", header: """{"alg":"HS256","typ":"JWT","crit":["b64"],"b64":false}"""))).ShouldBeOfType<TokenVerdict.Refused>();

    [Fact]
    public void Should_throw_for_no_text_and_accept_no_token_with_a_changed_character()
    {
        var verifier = _tokens.Verifier(_tokens.AllKeys());
        var token = _tokens.Make("HS256");
        Gen.String.Sample(s => verifier.VerifyAsync(s).AsTask().GetAwaiter().GetResult() is not TokenVerdict.Accepted, iter: 300);
        Gen.Select(Gen.Int[0, token.Length - 1], Gen.Char.AlphaNumeric).Sample(
            (at, c) =>
            {
                var changed = token[..at] + c + token[(at + 1)..];

                // The last character of a part may carry bits that are not used.
                return Decoded(changed) == Decoded(token) || verifier.VerifyAsync(changed).AsTask().GetAwaiter().GetResult() is not TokenVerdict.Accepted;
            },
            iter: 500);
    }

    private static string Decoded(string token)
    {
        try
        {
            return string.Join('.', token.Split('.').Select(p => Convert.ToHexString(Base64UrlEncoder.DecodeBytes(p))));
        }
        catch (FormatException)
        {
            return token;
        }
    }

    private IEnumerable<byte[]> PublicBytes() =>
    [
        Encoding.ASCII.GetBytes(_tokens.Rsa.ExportSubjectPublicKeyInfoPem()),
        Encoding.ASCII.GetBytes(_tokens.Rsa.ExportSubjectPublicKeyInfoPem() + "\n"),
        Encoding.ASCII.GetBytes(_tokens.Rsa.ExportRSAPublicKeyPem()),
        _tokens.Rsa.ExportSubjectPublicKeyInfo(),
        _tokens.Rsa.ExportRSAPublicKey(),
        _tokens.Rsa.ExportParameters(false).Modulus!,
    ];

    private async Task<TokenVerdict> Verify(string token) => await _tokens.Verifier(_tokens.AllKeys()).VerifyAsync(token);
}
