namespace ChatAkka.Sessions;

/// <summary>Where revoked tokens are kept for all nodes.</summary>
public interface ITokenRevocations
{
    /// <summary>Asks what is revoked.</summary>
    /// <param name="known">The version that the caller knows; null if it knows none.</param>
    Task<RevocationsOutcome> LookAsync(string? known);

    /// <summary>Adds a revocation. All nodes know it within a second.</summary>
    /// <returns>False if the store cannot be reached.</returns>
    Task<bool> RevokeAsync(TokenRevocation revocation);
}
