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

    /// <summary>A password.</summary>
    /// <param name="bytes">The password in UTF-8. The policy erases it.</param>
    /// <param name="registers">True if the client wants to register an account with it; false if it logs in.</param>
    public sealed class Password(byte[] bytes, bool registers = false) : LoginProof
    {
        /// <summary>The password in UTF-8. The policy erases it.</summary>
        public byte[] Bytes => bytes;

        /// <summary>True if the client wants to register an account with it; false if it logs in.</summary>
        public bool Registers => registers;
    }
}
