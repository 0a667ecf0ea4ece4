using ChatAkka.Authentication.Passwords;
using ChatAkka.Node.Connections;

namespace ChatAkka.Node.Logins;

/// <summary>Work on passwords: hashes at the cost of the settings, on the workers of logins.</summary>
/// <param name="hasher">Hashes and checks passwords.</param>
/// <param name="workers">Run the work beside the hot path.</param>
/// <param name="most">How many logins may be asked about, or wait for a worker, at the same time.</param>
internal sealed class PasswordWork(PasswordHasher hasher, CredentialWorkers workers, int most)
{
    /// <summary>The shortest password that is taken, in bytes of UTF-8.</summary>
    public const int LeastBytes = 8;

    private int _underWay;

    /// <summary>Hashes and checks passwords. Only a worker may call it.</summary>
    public PasswordHasher Hasher => hasher;

    /// <summary>Says what is wrong with a new password; null if nothing is.</summary>
    public static string? Problem(ReadOnlySpan<byte> password) =>
        password.Length is < LeastBytes or > PasswordHasher.MostBytes ? $"a password has {LeastBytes} to {PasswordHasher.MostBytes} bytes" : null;

    /// <summary>Begins with a login; false if too many are under way, or if its connection is gone. <see cref="End"/> ends it.</summary>
    public bool TryBegin(ClientConnection? connection)
    {
        if (connection is { IsGone: true })
            return false;
        if (Interlocked.Increment(ref _underWay) <= most)
            return true;
        End();
        return false;
    }

    /// <summary>Ends a login that <see cref="TryBegin"/> began.</summary>
    public void End() => Interlocked.Decrement(ref _underWay);

    /// <summary>Runs a check on a worker.</summary>
    public ValueTask<LoginVerdict> RunAsync(Func<LoginVerdict> check, LoginRequest request) => workers.RunAsync(() => new(check()), request);

    /// <summary>Hashes a new password on a worker.</summary>
    /// <returns>The hash; null if too many logins are under way.</returns>
    public async Task<string?> HashAsync(byte[] password)
    {
        string? hash = null;
        await workers.RunAsync(() =>
        {
            hash = hasher.Hash(password);
            return new(default(LoginVerdict));
        }).ConfigureAwait(false);
        return hash;
    }
}
