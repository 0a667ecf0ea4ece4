using ChatAkka.Protocol.Internode;

namespace ChatAkka.Protocol.Accounts;

/// <summary>A question or an order to an account. Answered with <see cref="AccountAnswer"/> when it is kept.</summary>
/// <param name="User">The user's name, in the form in which names are compared.</param>
/// <param name="Order">What the account is asked to do.</param>
/// <param name="Hash">The new hash of the password; empty if the order needs none.</param>
/// <param name="Expected">The hash that the account must have; empty if the order needs none.</param>
public sealed record AccountQuestion(string User, AccountOrder Order, string Hash = "", string Expected = "") : InternodeMessage
{
    /// <summary>Shows no hash.</summary>
    public override string ToString() => $"{Order} of an account";
}
