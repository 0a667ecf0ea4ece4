using ChatAkka.Authentication.Passwords;
using ChatAkka.Startup;

namespace ChatAkka.Node.Logins;

/// <summary>Settings of accounts with passwords.</summary>
/// <param name="Cost">What a new hash costs.</param>
/// <param name="MayRegister">True if clients may register accounts.</param>
/// <param name="RegisterPerHour">How many accounts may be registered in an hour from one address.</param>
internal sealed record PasswordSettings(HashCost Cost, bool MayRegister, int RegisterPerHour)
{
    /// <summary>The most memory that all workers together may take for hashes, in MiB.</summary>
    public const int MostMemory = 1024;

    private const string Memory = "chat.auth.password.memory";
    private const string Register = "chat.auth.password.register";
    private const string NamesApart = "chat.auth.password.issuer-has-other-names";

    /// <summary>Reads <c>chat.auth.password</c>.</summary>
    /// <param name="reader">The configuration.</param>
    /// <param name="workers">How many passwords are hashed at the same time.</param>
    /// <param name="hasTokens">True if this node takes tokens as well.</param>
    public static PasswordSettings Create(ConfigReader reader, int workers, bool hasTokens)
    {
        var kibibytes = reader.Bytes(Memory, HashCost.LeastMemory * 1024, HashCost.MostMemory * 1024) / 1024;
        var settings = new PasswordSettings(
            new HashCost(kibibytes, reader.Int("chat.auth.password.passes", 1, HashCost.MostPasses)),
            reader.Choice(Register, "off", "on") == "on",
            reader.Int("chat.auth.password.register-per-hour", 1, 100_000));
        if ((long)workers * kibibytes > MostMemory * 1024L)
            reader.Report(Memory, $"is {kibibytes / 1024} MiB, and chat.auth.workers is {workers}: together they may take {MostMemory} MiB");
        if (reader.Choice(NamesApart, "off", "on") == "off" && settings.MayRegister && hasTokens)
        {
            reader.Report(Register, $"is on, and chat.auth.mode has token: anybody could register the name of a user of the issuer, and read that user's messages. "
                + $"Set it to off and let operators add accounts, or set {NamesApart} = on if the issuer never issues a token for a name that a client could register");
        }

        return settings;
    }
}
