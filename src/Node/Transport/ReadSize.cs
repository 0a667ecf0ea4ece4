namespace ChatAkka.Node.Transport;

/// <summary>How much is read from a connection at a time. It is little until the client has logged in, so that clients who do not hold little memory.</summary>
internal sealed class ReadSize
{
    private volatile int _most = ReadBuffer.Smallest;

    /// <summary>The most bytes of one read.</summary>
    public int Most => _most;

    /// <summary>From now on as much is read at a time as comes.</summary>
    public void AllowLarge() => _most = ReadBuffer.Largest;
}
