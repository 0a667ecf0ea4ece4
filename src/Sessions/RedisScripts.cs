namespace ChatAkka.Sessions;

/// <summary>The Lua that the registry runs. Each script touches the one key it is given.</summary>
internal static class RedisScripts
{
    /// <summary>KEYS: session. ARGV: node, connection, since, mode, "replace", "refuse" or "restore", node that is gone or "",
    /// milliseconds until the session expires unless <see cref="Confirm"/> comes.
    /// Answers {1, previous node, previous connection} or {0, node, connection}.</summary>
    public const string Claim = """
        local n = redis.call('HGET', KEYS[1], 'node') or ''
        local c = redis.call('HGET', KEYS[1], 'connection') or ''
        if ARGV[5] == 'refuse' and n ~= '' and n ~= ARGV[6] and not (n == ARGV[1] and c == ARGV[2]) then
          return {0, n, c}
        end
        if ARGV[5] == 'restore' and n ~= '' and not (n == ARGV[1] and c == ARGV[2])
          and tonumber(redis.call('HGET', KEYS[1], 'since')) >= tonumber(ARGV[3]) then
          return {0, n, c}
        end
        redis.call('HSET', KEYS[1], 'node', ARGV[1], 'connection', ARGV[2], 'since', ARGV[3], 'mode', ARGV[4])
        redis.call('PEXPIRE', KEYS[1], ARGV[7])
        return {1, n, c}
        """;

    /// <summary>KEYS: session. ARGV: node, connection. The session stays; answers 1 where that connection holds it.</summary>
    public const string Confirm = """
        if redis.call('HGET', KEYS[1], 'node') == ARGV[1] and redis.call('HGET', KEYS[1], 'connection') == ARGV[2] then
          redis.call('PERSIST', KEYS[1])
          return 1
        end
        return 0
        """;

    /// <summary>KEYS: session. ARGV: node, connection. Compare-and-delete on both; answers 2 where it deleted, 1 where the node holds
    /// the session no more, 0 where another of its connections does.</summary>
    public const string Release = """
        if redis.call('HGET', KEYS[1], 'node') ~= ARGV[1] then
          return 1
        end
        if redis.call('HGET', KEYS[1], 'connection') ~= ARGV[2] then
          return 0
        end
        redis.call('DEL', KEYS[1])
        return 2
        """;

    /// <summary>KEYS: session. ARGV: node. Compare-and-delete on the node, whichever connection; answers 1 where it deleted.</summary>
    public const string ReleaseNode = """
        if redis.call('HGET', KEYS[1], 'node') == ARGV[1] then
          return redis.call('DEL', KEYS[1])
        end
        return 0
        """;

    /// <summary>KEYS: any. ARGV: value. Compare-and-delete of a string; answers 1 where it deleted.</summary>
    public const string DeleteIfEqual = """
        if redis.call('GET', KEYS[1]) == ARGV[1] then
          return redis.call('DEL', KEYS[1])
        end
        return 0
        """;

    /// <summary>KEYS: term. ARGV: floor. Answers the new term.</summary>
    public const string NextTerm = """
        local t = tonumber(redis.call('GET', KEYS[1]) or '0') + 1
        local floor = tonumber(ARGV[1])
        if t < floor then t = floor end
        redis.call('SET', KEYS[1], string.format('%.0f', t))
        return t
        """;
}
