namespace ChatAkka.Sessions;

/// <summary>The Lua that the registry runs. Each script touches the one key it is given.</summary>
internal static class RedisScripts
{
    /// <summary>KEYS: session. ARGV: node, connection, since, mode, "replace", "refuse" or "restore", node that is gone or "",
    /// milliseconds until the session expires unless <see cref="Confirm"/> comes, the claiming node's time, milliseconds by which the clocks
    /// of two nodes may differ. Answers {1, previous node, previous connection, since as it stands now} or
    /// {0, node, connection, milliseconds until that one expires, below 0 where it does not}.</summary>
    /// <remarks>Whoever takes another's place is later than that one, whatever the clocks say: else each could take the place of the other. A login that
    /// waited is refused where the user logged in elsewhere between its arrival and now. Now bounds that by the claiming node's own clock: one that did not
    /// wait is never refused, however wrong clocks are.</remarks>
    public const string Claim = """
        local h = redis.call('HMGET', KEYS[1], 'node', 'connection', 'since')
        local n = h[1] or ''
        local c = h[2] or ''
        local held = tonumber(h[3] or '0') or 0
        local since = tonumber(ARGV[3])
        local own = n == ARGV[1] and c == ARGV[2]
        if n ~= '' and not own then
          local skew = tonumber(ARGV[9])
          if (ARGV[5] == 'refuse' and n ~= ARGV[6])
            or (ARGV[5] == 'restore' and held >= since)
            or (ARGV[5] == 'replace' and held > since + skew and held <= tonumber(ARGV[8]) + skew) then
            return {0, n, c, redis.call('PTTL', KEYS[1])}
          end
          if held >= since then since = held + 1 end
        end
        if own and held > since then since = held end
        redis.call('HSET', KEYS[1], 'node', ARGV[1], 'connection', ARGV[2], 'since', string.format('%.0f', since), 'mode', ARGV[4])
        redis.call('PEXPIRE', KEYS[1], ARGV[7])
        return {1, n, c, since}
        """;

    /// <summary>KEYS: session. ARGV: node, connection. The session stays; answers 1 where that connection holds it, 2 where another
    /// one does, 0 where nobody does: it expired, or was taken over and released.</summary>
    public const string Confirm = """
        local h = redis.call('HMGET', KEYS[1], 'node', 'connection')
        if h[1] == ARGV[1] and h[2] == ARGV[2] then
          redis.call('PERSIST', KEYS[1])
          return 1
        end
        if h[1] then return 2 end
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
