namespace ChatAkka.Node.Logins;

/// <summary>What a client gave to prove who it is. It must not be logged, traced or shown.</summary>
internal abstract class LoginProof
{
    private LoginProof()
    {
    }

    /// <summary>A signed token.</summary>
    /// <param name="text">The token, as the client sent it.</param>
    public sealed class Token(string text) : LoginProof
    {
        /// <summary>The token, as the client sent it.</summary>
        public string Text => text;
    }
}
