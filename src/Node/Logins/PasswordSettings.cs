using ChatAkka.Authentication.Passwords;
using ChatAkka.Startup;

namespace ChatAkka.Node.Logins;

/// <summary>Settings of accounts with passwords.</summary>
/// <param name="Cost">What a new hash costs.</param>
/// <param name="MayRegister">True if clients may register accounts.</param>
/// <param name="RegisterPerHour">How many accounts may be registered in an hour from one address.</param>
internal sealed record PasswordSettings(HashCost Cost, bool MayRegister, int RegisterPerHour)
{
    /// <summary>Reads <c>chat.auth.password</c>.</summary>
    public static PasswordSettings Create(ConfigReader reader) => new(
        new HashCost(reader.Bytes("chat.auth.password.memory", HashCost.LeastMemory * 1024, HashCost.MostMemory * 1024) / 1024,
            reader.Int("chat.auth.password.passes", 1, HashCost.MostPasses)),
        reader.Choice("chat.auth.password.register", "off", "on") == "on",
        reader.Int("chat.auth.password.register-per-hour", 1, 100_000));
}
