namespace ChatAkka.Management.Wire;

/// <summary>The other side sent something that is no message of this protocol.</summary>
public sealed class FrameException : Exception
{
    /// <summary>Makes it.</summary>
    /// <param name="message">What is wrong.</param>
    /// <param name="cause">What was thrown below, if anything.</param>
    public FrameException(string message, Exception? cause = null)
        : base(message, cause)
    {
    }
}
