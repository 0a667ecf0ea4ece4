namespace ChatAkka.TestSupport;

/// <summary>Redis time-outs for tests on a busy machine: there, a command that takes a second is no evidence of a defect.</summary>
public static class Patience
{
    /// <summary>Adds them to a connection string.</summary>
    public static string With(string connection) => connection + ",syncTimeout=15000,asyncTimeout=15000";
}
