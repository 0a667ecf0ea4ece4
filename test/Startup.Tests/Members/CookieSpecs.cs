using System.Security.Cryptography;
using ChatAkka.Runtime.Proof;
using ChatAkka.TestSupport;

namespace ChatAkka.Startup.Tests.Members;

public sealed class CookieSpecs
{
    [Fact]
    public void Should_take_32_random_bytes_in_base64_or_hex_and_several_during_a_change()
    {
        var bytes = RandomNumberGenerator.GetBytes(32);
        Cookie.ReadAll(Convert.ToBase64String(bytes) + "\n").Count.ShouldBe(1);
        Cookie.ReadAll(Convert.ToHexString(bytes)).Count.ShouldBe(1);
        Cookie.ReadAll($"{TestCookie.New()}\n{TestCookie.New()}\r\n").Count.ShouldBe(2);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" \n ")]
    [InlineData("secret")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    [InlineData("abababababababababababababababababababababababab")]
    public void Should_refuse_what_can_be_guessed(string text) => Should.Throw<FormatException>(() => Cookie.ReadAll(text));

    [Fact]
    public void Should_refuse_one_that_can_be_guessed_beside_a_good_one_and_too_many_and_show_none()
    {
        var good = TestCookie.New();
        Should.Throw<FormatException>(() => Cookie.ReadAll($"{good} secret")).Message.ShouldNotContain("secret ");
        Should.Throw<FormatException>(() => Cookie.ReadAll($"{good} {good} {good} {good} {good}")).Message.ShouldNotContain(good);
    }

    [Fact]
    public void Should_tell_cookies_apart_by_an_id_that_says_nothing_about_them()
    {
        var text = TestCookie.New();
        var cookie = Cookie.ReadAll(text)[0];
        cookie.Id.ShouldBe(Cookie.ReadAll(text)[0].Id);
        cookie.Id.ShouldNotBe(Cookie.ReadAll(TestCookie.New())[0].Id);
        cookie.Mac("a"u8, "b"u8, default)[..Cookie.IdBytes].ShouldNotBe(cookie.Id);
    }
}
