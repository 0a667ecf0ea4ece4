using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using ChatAkka.Sessions;
using ChatAkka.TestSupport;

namespace ChatAkka.Cluster.Tests;

/// <summary>Clients log in with tokens, on two nodes.</summary>
public sealed class TokenSpecs(TokenSpecs.TokenPair pair) : IClassFixture<TokenSpecs.TokenPair>
{
    [Fact]
    public async Task Should_be_the_user_of_the_token_and_nobody_without_one()
    {
        using var ann = await LoginAsync(pair.A, "ann");
        using var bob = await LoginAsync(pair.B, "bob");
        await ann.SendAsync("""{"cmd":"chat","recv":"bob","content":"hi"}""");
        (await bob.LineAsync()).ShouldBe("ann给您发了消息:hi");
        using var nobody = await ChatClient.ConnectAsync(pair.A.Clients);
        await nobody.SendAsync("""{"cmd":"login","name":"ann"}""");
        (await nobody.LineAsync()).ShouldStartWith("""{"error":"auth_required",""");
        await nobody.SendAsync("login ann");
        (await nobody.LineAsync()).ShouldStartWith("ERROR auth_required");
        await nobody.SendAsync("""{"cmd":"login","token":"a.b.c"}""");
        (await nobody.LineAsync()).ShouldStartWith("""{"error":"bad_token",""");
        await ann.SendAsync("ping");
        (await ann.LineAsync()).ShouldBe("OK ping", "the user whose name was given is still there");
    }

    [Fact]
    public async Task Should_end_a_session_when_its_token_ends_and_is_not_renewed()
    {
        using var carol = await LoginAsync(pair.A, "carol", seconds: 2);
        using var dave = await LoginAsync(pair.A, "dave", seconds: 2);
        await dave.SendAsync($$"""{"cmd":"renew","token":"{{TokenPair.Token("dave", 3600)}}"}""");
        (await dave.LineAsync()).ShouldStartWith("""{"ok":"renew","expires_in":35""");
        (await carol.LineAsync()).ShouldStartWith("""{"error":"token_expired",""");
        await dave.SendAsync("ping");
        (await dave.LineAsync()).ShouldBe("OK ping");
    }

    [Fact]
    public async Task Should_end_the_sessions_of_revoked_tokens_on_all_nodes_within_a_second_and_take_them_no_more()
    {
        var token = TokenPair.Token("erin", 3600, "revoked-1");
        using var erin = await ChatClient.LoginAsync(pair.B.Clients, "erin", $",\"token\":\"{token}\"");
        using var frank = await LoginAsync(pair.A, "frank");
        var revocations = new RedisTokenRevocations(pair.Redis, new RedisKeys("chat:"), TimeProvider.System);
        var until = DateTimeOffset.UtcNow.AddDays(1);
        var start = System.Diagnostics.Stopwatch.GetTimestamp();
        (await revocations.RevokeAsync(new TokenRevocation.Token("revoked-1", until))).ShouldBeTrue();
        (await erin.LineAsync()).ShouldStartWith("""{"error":"token_revoked",""");
        var time = System.Diagnostics.Stopwatch.GetElapsedTime(start);
        await revocations.RevokeAsync(new TokenRevocation.User("frank", DateTimeOffset.UtcNow, until));
        (await frank.LineAsync()).ShouldStartWith("""{"error":"token_revoked",""");
        time.ShouldBeLessThan(TimeSpan.FromSeconds(2), "a second, and as much for a busy machine");
        foreach (var node in new[] { pair.A, pair.B })
        {
            using var again = await ChatClient.ConnectAsync(node.Clients);
            await again.SendAsync($$"""{"cmd":"login","token":"{{token}}"}""");
            (await again.LineAsync()).ShouldStartWith("""{"error":"token_revoked",""");
        }
    }

    [Fact]
    public void Should_write_no_token_to_its_output() => (pair.A.Process.Output + pair.B.Process.Output).ShouldNotContain("eyJ");

    private static async Task<ChatClient> LoginAsync(TestNode node, string name, int seconds = 3600) =>
        await ChatClient.LoginAsync(node.Clients, name, $",\"token\":\"{TokenPair.Token(name, seconds)}\"");

    /// <summary>Two nodes that take tokens and nothing else.</summary>
    public sealed class TokenPair : PairFixture
    {
        private static readonly byte[] s_secret = Encoding.ASCII.GetBytes("a secret of more than 32 bytes, for the tests");
        private readonly TempFolder _folder = new();

        /// <inheritdoc/>
        protected override string[] Arguments
        {
            get
            {
                var (secret, config) = (Path.Combine(_folder.Path, "secret"), Path.Combine(_folder.Path, "auth.conf"));
                File.WriteAllBytes(secret, s_secret);
                File.WriteAllText(config, $$"""
                    chat.auth { mode = [token], token { issuer = "me", audience = "chat", secret-files = ["{{secret}}"], renew-grace = 1s } }
                    """);
                return ["--config", config];
            }
        }

        /// <summary>Makes a token.</summary>
        public static string Token(string user, int seconds, string? id = null)
        {
            var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
            var claims = string.Create(CultureInfo.InvariantCulture, $$"""{"iss":"me","aud":"chat","sub":"{{user}}","jti":"{{id ?? user}}","iat":{{now}},"exp":{{now + seconds}}}""");
            var text = Base64Url.EncodeToString("""{"alg":"HS256","typ":"JWT"}"""u8) + "." + Base64Url.EncodeToString(Encoding.UTF8.GetBytes(claims));
            return text + "." + Base64Url.EncodeToString(HMACSHA256.HashData(s_secret, Encoding.ASCII.GetBytes(text)));
        }

        /// <inheritdoc/>
        public override async Task DisposeAsync()
        {
            await base.DisposeAsync();
            _folder.Dispose();
        }
    }
}
