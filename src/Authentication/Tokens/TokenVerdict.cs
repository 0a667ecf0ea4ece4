namespace ChatAkka.Authentication.Tokens;

/// <summary>What a check of a token says.</summary>
public abstract record TokenVerdict
{
    private TokenVerdict()
    {
    }

    /// <summary>The token is accepted.</summary>
    /// <param name="Token">What it says.</param>
    public sealed record Accepted(AcceptedToken Token) : TokenVerdict;

    /// <summary>The signature is right, and the token has ended.</summary>
    public sealed record Ended : TokenVerdict;

    /// <summary>The token is refused.</summary>
    /// <param name="Reason">Why, for operators. It contains nothing of the token.</param>
    public sealed record Refused(string Reason) : TokenVerdict;
}
