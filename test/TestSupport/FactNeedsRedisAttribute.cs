using Xunit;

namespace ChatAkka.TestSupport;

/// <summary>A test that needs redis-server on the machine, and says so where it is missing.</summary>
public sealed class FactNeedsRedisAttribute : FactAttribute
{
    /// <summary>Sets the skip reason.</summary>
    public FactNeedsRedisAttribute() => Skip = RedisServer.SkipReason;
}
