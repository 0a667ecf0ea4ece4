using ChatAkka.Protocol.Client;

namespace ChatAkka.Node.Clients;

/// <summary>A login, a renewal or a registration while the login policy is asked. Two questions with the same content are different questions.</summary>
/// <param name="isJson">True if the command was JSON, false if it was typed.</param>
/// <param name="purpose">Why the policy is asked.</param>
/// <param name="format">The format in which the user gets messages.</param>
/// <param name="acks">True if the user acknowledges messages.</param>
/// <param name="arrived">When the command arrived, in milliseconds since 1970, UTC.</param>
internal sealed class LoginQuestion(bool isJson, LoginPurpose purpose, DeliveryFormat format, bool acks, long arrived)
{
    /// <summary>True if the command was JSON, false if it was typed.</summary>
    public bool IsJson => isJson;

    /// <summary>Why the policy is asked.</summary>
    public LoginPurpose Purpose => purpose;

    /// <summary>The format in which the user gets messages.</summary>
    public DeliveryFormat Format => format;

    /// <summary>True if the user acknowledges messages.</summary>
    public bool Acks => acks;

    /// <summary>When the command arrived, in milliseconds since 1970, UTC.</summary>
    public long Arrived => arrived;
}
