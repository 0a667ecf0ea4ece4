using ChatAkka.TestSupport;
using StackExchange.Redis;

namespace ChatAkka.Sessions.Tests;

/// <summary>Connections to a redis-server that takes only TLS, asks for a certificate, and has users with passwords.</summary>
public sealed class RedisTlsSpecs : IAsyncLifetime
{
    private readonly TestCertificates _certificates = new();
    private readonly TestCertificates _others = new("another authority");
    private readonly TempFolder _folder = new();
    private readonly RedisServer _server = RedisServer.NotStarted();
    private readonly int _port = FreePorts.Next();
    private string _client = "";

    public async Task InitializeAsync()
    {
        if (RedisServer.SkipReason is not null)
            return;
        var users = Path.Combine(_folder.Path, "users.acl");
        await File.WriteAllTextAsync(users, "user default off\nuser chat on >secret ~chat:* &* +@all\n");
        var (certificate, key) = _certificates.Issue("server");
        await _server.RunAsync(
            "--port", "0", "--tls-port", $"{_port}", "--tls-cert-file", certificate, "--tls-key-file", key, "--tls-ca-cert-file", _certificates.AuthorityFile,
            "--tls-auth-clients", "yes", "--aclfile", users);
        _client = Client(_certificates, "client");
    }

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        _certificates.Dispose();
        _others.Dispose();
        _folder.Dispose();
    }

    [FactNeedsRedis]
    public async Task Should_connect_by_tls_with_certificate_user_and_password()
    {
        await using var redis = await ConnectAsync($"rediss://chat:secret@127.0.0.1:{_port},authorities={_certificates.AuthorityFile},{_client}");
        await Eventually.TrueAsync(() => redis.IsConnected, "it is connected");
        (await redis.GetDatabase().StringSetAsync("chat:key", "value")).ShouldBeTrue();
    }

    [FactNeedsRedis]
    public async Task Should_connect_again_with_a_password_that_was_replaced()
    {
        var file = Path.Combine(_folder.Path, "password");
        await File.WriteAllTextAsync(file, "wrong");
        await using var redis = await ConnectAsync($"rediss://chat@127.0.0.1:{_port},passwordFile={file},authorities={_certificates.AuthorityFile},{_client}");
        redis.IsConnected.ShouldBeFalse();
        await File.WriteAllTextAsync(file, "secret");
        await Eventually.TrueAsync(() => redis.IsConnected, "it tries again, with what is in the file then");
    }

    [FactNeedsRedis]
    public async Task Should_not_connect_when_something_is_wrong()
    {
        var right = $"rediss://chat:secret@127.0.0.1:{_port},authorities={_certificates.AuthorityFile},{_client}";
        string[] wrong =
        [
            right.Replace("secret", "guess", StringComparison.Ordinal),
            right.Replace("rediss:", "redis:", StringComparison.Ordinal).Split(',')[0],
            right.Replace(_certificates.AuthorityFile, _others.AuthorityFile, StringComparison.Ordinal),
            right.Replace($",authorities={_certificates.AuthorityFile}", "", StringComparison.Ordinal),
            right.Replace("," + _client, "", StringComparison.Ordinal),
            right.Replace(_client, Client(_others, "stranger"), StringComparison.Ordinal),
        ];
        foreach (var connection in wrong)
        {
            await using var redis = await ConnectAsync(connection);
            await Should.ThrowAsync<RedisException>(() => redis.GetDatabase().StringSetAsync("chat:key", "value"), connection);
        }
    }

    [FactNeedsRedis]
    public async Task Should_not_take_a_server_that_has_another_name()
    {
        await using var redis = await ConnectAsync($"rediss://chat:secret@127.0.0.1:{_port},authorities={_certificates.AuthorityFile},{_client},sslHost=elsewhere");
        redis.IsConnected.ShouldBeFalse();
        await using var sameServer = await ConnectAsync($"rediss://chat:secret@127.0.0.1:{_port},authorities={_certificates.AuthorityFile},{_client},sslHost=localhost");
        await Eventually.TrueAsync(() => sameServer.IsConnected, "localhost is in its certificate");
    }

    private static Task<ConnectionMultiplexer> ConnectAsync(string connection) => RedisConnector.ConnectAsync(connection, "test");

    private static string Client(TestCertificates authority, string name)
    {
        var (certificate, key) = authority.Issue(name);
        return $"certificate={certificate},key={key}";
    }
}
