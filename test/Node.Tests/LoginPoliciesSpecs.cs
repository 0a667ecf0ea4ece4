using System.Security.Cryptography;
using System.Text;
using ChatAkka.Authentication.Names;
using ChatAkka.Authentication.Tokens;
using ChatAkka.Node.Connections;
using ChatAkka.Node.Logins;
using ChatAkka.Protocol;
using ChatAkka.Sessions;
using ChatAkka.TestSupport;

namespace ChatAkka.Node.Tests;

/// <summary>The contract on the mode <c>open</c>.</summary>
public sealed class OpenLoginsSpecs : LoginPolicyContract
{
    [Fact]
    public void Should_decide_at_once_and_allocate_nothing()
    {
        var policy = Make(new UserNames(new NamePolicy(isSafe: false, ["pbm"])));
        var request = Good("ann");
        var decided = 0;
        var before = 0L;
        for (var i = 0; i < 200; i++)
        {
            if (i == 100)
                before = GC.GetAllocatedBytesForCurrentThread();
            decided += policy.CheckAsync(request).IsCompletedSuccessfully ? 1 : 0;
        }

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
        decided.ShouldBe(200);
    }

    private protected override ILoginPolicy Make(UserNames names) => new OpenLogins(names);

    private protected override LoginRequest Good(string name) => Request(name);

    private protected override IEnumerable<(LoginRequest Request, ErrorCode Error)> Bad() => [(Request(null), ErrorCode.BadField)];
}

/// <summary>The contract on the mode <c>token</c>.</summary>
public sealed class TokenLoginsSpecs : LoginPolicyContract, IAsyncLifetime
{
    private readonly TokenKit _tokens = new();

    [Fact]
    public async Task Should_know_by_which_token_the_session_is_held()
    {
        var verdict = await Make(TokenKit.Names()).CheckAsync(Good("ann"));
        verdict.Grant.ShouldBe(new SessionGrant("ann", "id of ann", _tokens.Time.GetUtcNow(), _tokens.Time.GetUtcNow().AddMinutes(1)));
    }

    [Fact]
    public async Task Should_refuse_a_revoked_token()
    {
        var until = _tokens.Time.GetUtcNow().AddDays(1);
        _tokens.Revoked.Add([new TokenRevocation.Token("id of ann", until), new TokenRevocation.User("bob", _tokens.Time.GetUtcNow(), until)]);
        var policy = Make(TokenKit.Names());
        (await policy.CheckAsync(Good("ann"))).Error.ShouldBe(ErrorCode.TokenRevoked);
        (await policy.CheckAsync(Good("bob"))).Error.ShouldBe(ErrorCode.TokenRevoked);
        (await policy.CheckAsync(Good("carol"))).IsAccepted.ShouldBeTrue();
        _tokens.Time.Advance(TimeSpan.FromSeconds(1));
        (await policy.CheckAsync(Good("bob"))).IsAccepted.ShouldBeTrue("it was issued after that");
    }

    [Fact]
    public async Task Should_take_no_token_before_it_is_known_what_is_revoked()
    {
        var policy = new TokenLogins(_tokens.Verifier, TokenKit.Names(), new RevokedTokens(TokenKit.Names(), _tokens.Time), _tokens.Workers);
        (await policy.CheckAsync(Good("ann"))).Error.ShouldBe(ErrorCode.RegistryUnavailable);
    }

    [Fact]
    public async Task Should_refuse_a_token_that_has_ended()
    {
        var request = Good("ann");
        _tokens.Time.Advance(TimeSpan.FromMinutes(1));
        (await Make(TokenKit.Names()).CheckAsync(request)).Error.ShouldBe(ErrorCode.TokenExpired);
    }

    [Fact]
    public async Task Should_accept_the_same_name_beside_the_token() =>
        (await Make(TokenKit.Names()).CheckAsync(Good("ann") with { Name = UserName.TryCreate("ann") })).IsAccepted.ShouldBeTrue();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _tokens.DisposeAsync();

    private protected override ILoginPolicy Make(UserNames names) => new TokenLogins(_tokens.Verifier, names, _tokens.Revoked, _tokens.Workers);

    private protected override LoginRequest Good(string name) => Request(null, _tokens.For(name));

    private protected override IEnumerable<(LoginRequest Request, ErrorCode Error)> Bad() =>
    [
        (Request(null, new LoginProof.Token("a.b.c")), ErrorCode.BadToken),
        (Request("ann"), ErrorCode.AuthRequired),
        (Request("bob", _tokens.For("ann")), ErrorCode.BadToken),
        (Request(null, _tokens.For("two words")), ErrorCode.BadName),
    ];
}

/// <summary>The contract on two modes at once.</summary>
public sealed class LoginModesSpecs : LoginPolicyContract, IAsyncLifetime
{
    private readonly TokenKit _tokens = new();

    [Fact]
    public async Task Should_refuse_what_this_server_does_not_take()
    {
        var names = TokenKit.Names();
        (await new LoginModes(new OpenLogins(names), null).CheckAsync(Request(null, _tokens.For("ann")))).Error.ShouldBe(ErrorCode.Unsupported);
        var verdict = await new LoginModes(null, new OpenLogins(names)).CheckAsync(Request("ann"));
        verdict.Error.ShouldBe(ErrorCode.AuthRequired);
        verdict.Text!.ShouldContain("token");
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _tokens.DisposeAsync();

    private protected override ILoginPolicy Make(UserNames names) =>
        new LoginModes(new OpenLogins(names), new TokenLogins(_tokens.Verifier, names, _tokens.Revoked, _tokens.Workers));

    private protected override LoginRequest Good(string name) => name.Length % 2 == 0 ? Request(name) : Request(null, _tokens.For(name));

    private protected override IEnumerable<(LoginRequest Request, ErrorCode Error)> Bad() => [(Request("ann", new LoginProof.Token("a.b.c")), ErrorCode.BadToken)];
}

/// <summary>Tokens of one issuer, and what checks them.</summary>
internal sealed class TokenKit : IAsyncDisposable
{
    private static readonly byte[] s_secret = Encoding.ASCII.GetBytes("a secret of more than 32 bytes, for the tests");
    private readonly TempFolder _folder = new();

    public TokenKit()
    {
        var file = Path.Combine(_folder.Path, "secret");
        File.WriteAllBytes(file, s_secret);
        var settings = new TokenSettings("issuer", "chat", [file], [], null, TimeSpan.FromDays(1), TimeSpan.Zero);
        Verifier = new TokenVerifier(settings, new KeySource(settings, Time, _ => { }), Time);
        Revoked = new RevokedTokens(Names(), Time);
        Revoked.Add([]);
    }

    public ManualTime Time { get; } = new();

    public TokenVerifier Verifier { get; }

    public RevokedTokens Revoked { get; }

    public CredentialWorkers Workers { get; } = new(2, 1000);

    public static UserNames Names() => new(new NamePolicy(isSafe: false, []));

    public LoginProof.Token For(string name)
    {
        var now = Time.GetUtcNow().ToUnixTimeSeconds();
        var claims = $$"""{"iss":"issuer","aud":"chat","sub":"{{name}}","jti":"id of {{name}}","iat":{{now}},"exp":{{now + 60}}}""";
        var text = Encode("""{"alg":"HS256"}"""u8) + "." + Encode(Encoding.UTF8.GetBytes(claims));
        return new LoginProof.Token(text + "." + Encode(HMACSHA256.HashData(s_secret, Encoding.ASCII.GetBytes(text))));
    }

    public async ValueTask DisposeAsync()
    {
        await Workers.DisposeAsync();
        _folder.Dispose();
    }

    private static string Encode(ReadOnlySpan<byte> bytes) => System.Buffers.Text.Base64Url.EncodeToString(bytes);
}
