using ChatAkka.RedisAccess;
using ChatAkka.TestSupport;

namespace ChatAkka.Sessions.Tests;

public class RedisConnectionStringSpecs
{
    [Theory]
    [InlineData("redis.example:6400", "redis.example:6400", "plain", null, null, null)]
    [InlineData("a:1,b:2,name=x", "a:1, b:2", "plain", null, null, null)]
    [InlineData("a:1,password=p,user=u", "a:1", "plain, ACL", "u", "p", null)]
    [InlineData("a:1,password=p,ssl=true", "a:1", "TLS, password", null, "p", null)]
    [InlineData("redis://a:1", "a:1", "plain", null, null, null)]
    [InlineData("redis://a", "a:6379", "plain", null, null, null)]
    [InlineData("rediss://a", "a:6379", "TLS", null, null, null)]
    [InlineData("rediss://u:p%40%3A%2C@a:1/3,name=x", "a:1", "TLS, ACL", "u", "p@:,", 3)]
    [InlineData("redis://:p@a:1/", "a:1", "plain, password", null, "p", null)]
    [InlineData("redis://u@a:1,password=p", "a:1", "plain, ACL", "u", "p", null)]
    [InlineData("REDISS://[::1]:7", "[::1]:7", "TLS", null, null, null)]
    public void Should_read_addresses_and_uris(string text, string servers, string protection, string? user, string? password, int? database)
    {
        var connection = RedisConnectionString.Parse(text);
        connection.Servers.ShouldBe(servers);
        connection.Protection.ShouldBe(protection);
        connection.HasPassword.ShouldBe(password is not null);
        var options = connection.ToOptions("client");
        (options.User, options.Password, options.DefaultDatabase).ShouldBe((user, password, database));
        options.AbortOnConnectFail.ShouldBeFalse();
    }

    [Theory]
    [InlineData("", "names no server")]
    [InlineData("a:1,nonsense=3", "nonsense")]
    [InlineData("redis://a:1/three", "number of a database")]
    [InlineData("a:1,authorities=/nowhere.pem", "are for TLS")]
    [InlineData("rediss://a:1,authorities=/nowhere.pem", "/nowhere.pem")]
    [InlineData("rediss://a:1,certificate=/nowhere.pem", "both are needed")]
    [InlineData("a:1,passwordFile=/nowhere", "/nowhere as passwordFile")]
    [InlineData("redis://u:secret@a:1,passwordFile=/nowhere", "leave one out")]
    [InlineData("redis://u:sec,ret@a:1", "comma in the user or the password")]
    public void Should_say_what_is_wrong_and_show_no_password(string text, string problem)
    {
        var said = RedisConnectionString.Check(text).ShouldNotBeNull();
        said.ShouldContain(problem);
        said.ShouldNotContain("secret");
    }

    [Fact]
    public void Should_read_the_password_again_from_its_file_for_each_connection()
    {
        using var folder = new TempFolder();
        var file = Path.Combine(folder.Path, "password");
        File.WriteAllText(file, "first\nsomething else\n");
        var connection = RedisConnectionString.Parse($"a:1,passwordFile={file}");
        connection.HasPassword.ShouldBeFalse("the text itself can be shown");
        connection.NamesPassword.ShouldBeTrue();
        var options = connection.ToOptions("client");
        options.Password.ShouldBe("first");
        File.WriteAllText(file, " second \r\n");
        options.Password.ShouldBe("second");
        options.Clone().Password.ShouldBe("second");
        File.WriteAllText(file, "\n");
        RedisConnectionString.Check($"a:1,passwordFile={file}").ShouldNotBeNull().ShouldContain("no password");
    }

    [Fact]
    public void Should_complete_the_address_of_an_embedded_store_with_its_password()
    {
        using var folder = new TempFolder();
        var password = EmbeddedStorePassword.Keep(folder.Path, "127.0.0.1:6380");
        password.Length.ShouldBeGreaterThan(40);
        EmbeddedStorePassword.Keep(folder.Path, "127.0.0.1:6380").ShouldBe(password);
        EmbeddedStorePassword.Keep(folder.Path, "127.0.0.1:6381").ShouldBe(password);

        var completed = EmbeddedStorePassword.AddTo("127.0.0.1:6381,name=x", folder.Path);
        RedisConnectionString.Parse(completed).ToOptions("client").Password.ShouldBe(password);
        RedisConnectionString.Parse(EmbeddedStorePassword.Connection(folder.Path, "127.0.0.1:6381")).ToOptions("client").Password.ShouldBe(password);
    }

    [Theory]
    [InlineData("127.0.0.1:6380")]
    [InlineData("127.0.0.1:6381,127.0.0.1:6382")]
    [InlineData("127.0.0.2:6381")]
    [InlineData("127.0.0.1:6381,password=p")]
    [InlineData("redis://127.0.0.1:6381")]
    public void Should_give_the_password_of_an_embedded_store_to_no_other_server(string connection)
    {
        using var folder = new TempFolder();
        EmbeddedStorePassword.AddTo(connection, folder.Path).ShouldBe(connection, "there is no store");
        EmbeddedStorePassword.Keep(folder.Path, "127.0.0.1:6381");
        EmbeddedStorePassword.AddTo(connection, folder.Path).ShouldBe(connection);
    }

    [Fact]
    public void Should_make_a_new_password_when_others_could_read_the_old_one()
    {
        if (OperatingSystem.IsWindows())
            return;
        using var folder = new TempFolder();
        var file = Path.Combine(folder.Path, "password");
        var first = EmbeddedStorePassword.Keep(folder.Path, "127.0.0.1:6380");
        File.GetUnixFileMode(file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        EmbeddedStorePassword.Keep(folder.Path, "127.0.0.1:6380").ShouldNotBe(first);
        File.GetUnixFileMode(file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }
}
