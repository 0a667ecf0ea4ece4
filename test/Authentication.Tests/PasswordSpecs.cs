using System.Text;
using ChatAkka.Authentication.Passwords;
using CsCheck;

namespace ChatAkka.Authentication.Tests;

/// <summary>Passwords are hashed with Argon2id and stored in the PHC string format.</summary>
public class PasswordSpecs
{
    private static readonly HashCost s_cheap = new(1024, 1);
    private readonly PasswordHasher _hasher = new(s_cheap);

    [Theory]
    // Made with an independent implementation, Konscious.Security.Cryptography.Argon2 1.3.1.
    [InlineData("correct horse battery staple", "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$vK9v0OWqoxsnIkDDgGdlMxPp94AvwibM+EFs97z55kQ")]
    public void Should_check_what_another_implementation_made(string password, string stored)
    {
        _hasher.Verify(Encoding.UTF8.GetBytes(password), stored).ShouldBe(PasswordVerdict.RightAndOutdated);
        _hasher.Verify("Correct horse battery staple"u8, stored).ShouldBe(PasswordVerdict.Wrong);
    }

    [Fact]
    public void Should_store_the_cost_with_the_hash()
    {
        HashCost.Owasp.ToString().ShouldBe("m=19456,t=2,p=1");
        new PasswordHasher(HashCost.Owasp).Hash("secret"u8).ShouldStartWith("$argon2id$v=19$m=19456,t=2,p=1$");
    }

    [Fact]
    public void Should_accept_only_the_password_that_was_hashed() => Gen.Select(Gen.String[1, 40], Gen.String[0, 40]).Sample(
        (one, other) =>
        {
            var stored = _hasher.Hash(Encoding.UTF8.GetBytes(one));
            var isSame = Normal(one) == Normal(other);
            return _hasher.Verify(Encoding.UTF8.GetBytes(one), stored) == PasswordVerdict.Right
                && _hasher.Verify(Encoding.UTF8.GetBytes(other), stored) == (isSame ? PasswordVerdict.Right : PasswordVerdict.Wrong);
        },
        iter: 40);

    [Fact]
    public void Should_use_another_salt_each_time() => _hasher.Hash("secret"u8).ShouldNotBe(_hasher.Hash("secret"u8));

    [Theory]
    [InlineData(2048, 1)]
    [InlineData(1024, 2)]
    public void Should_say_that_a_hash_is_outdated_when_the_cost_is_another(int memory, int passes)
    {
        var stored = _hasher.Hash("secret"u8);
        new PasswordHasher(new HashCost(memory, passes)).Verify("secret"u8, stored).ShouldBe(PasswordVerdict.RightAndOutdated);
    }

    [Fact]
    public void Should_take_the_same_password_from_every_keyboard() =>
        _hasher.Verify(Encoding.UTF8.GetBytes("cafe\u0301"), _hasher.Hash(Encoding.UTF8.GetBytes("café"))).ShouldBe(PasswordVerdict.Right);

    [Fact]
    public void Should_not_take_a_password_that_is_too_long_or_empty()
    {
        var longest = new byte[PasswordHasher.MostBytes];
        longest.AsSpan().Fill((byte)'x');
        var stored = _hasher.Hash(longest);
        _hasher.Verify(longest, stored).ShouldBe(PasswordVerdict.Right);
        _hasher.Verify([.. longest, (byte)'x'], stored).ShouldBe(PasswordVerdict.Wrong);
        Should.Throw<ArgumentOutOfRangeException>(() => _hasher.Hash([]));
        Should.Throw<ArgumentOutOfRangeException>(() => _hasher.Hash([.. longest, (byte)'x']));
    }

    [Theory]
    [InlineData("")]
    [InlineData("secret")]
    [InlineData("$argon2i$v=19$m=1024,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("$argon2id$v=19$m=999999999,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("$argon2id$v=19$m=1024,t=1,p=1$AAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("$argon2id$v=19$m=1024,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$A")]
    public void Should_call_a_password_wrong_when_its_stored_hash_cannot_be_read(string stored) =>
        _hasher.Verify("secret"u8, stored).ShouldBe(PasswordVerdict.Wrong);

    [Fact]
    public void Should_throw_for_no_stored_text() =>
        Gen.String.Sample(s => _hasher.Verify("secret"u8, "$argon2id$v=19$m=1024,t=1,p=1$" + s) == PasswordVerdict.Wrong, iter: 50);

    [Fact]
    public void Should_take_as_long_for_an_account_that_does_not_exist()
    {
        var hasher = new PasswordHasher(new HashCost(8 * 1024, 2));
        var stored = hasher.Hash("secret"u8);
        var (known, unknown) = (Fastest(() => hasher.Verify("wrong"u8, stored)), Fastest(() => hasher.Verify("wrong"u8, null)));
        (unknown / known).ShouldBeInRange(0.5, 2);
    }

    /// <summary>The shortest of several runs: what others do on this machine makes runs only longer.</summary>
    private static double Fastest(Action run) => Enumerable.Range(0, 10).Min(_ =>
    {
        var start = System.Diagnostics.Stopwatch.GetTimestamp();
        run();
        return System.Diagnostics.Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    });

    private static string Normal(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)).Normalize(NormalizationForm.FormC);
}
