namespace ChatAkka.Sessions;

/// <summary>The Lua scripts of the registry. Each uses only the one key that it is given.</summary>
internal static class RedisScripts
{
    /// <summary>Claims a session. KEYS: session. ARGV: node; connection; since; mode; "replace", "refuse" or "restore"; id of the dead node
    /// or ""; milliseconds until the session expires unless <see cref="Confirm"/> is called; current time of the claiming node; milliseconds by
    /// which the clocks of two nodes may differ. Answers {1, previous node, previous connection, recorded since} if the claim succeeded.
    /// Otherwise answers {0, node, connection, milliseconds until that session expires, or a number below 0 if it does not expire}.</summary>
    /// <remarks>The session of a claimer that replaces another is always recorded as later than that one, whatever the clocks say. Otherwise each
    /// of two sessions could replace the other. The same is true for a second login on the same connection, so that its mailbox can tell the two apart. A login that waited is refused if the user logged in elsewhere between its arrival and the
    /// current time. The current time is that of the claiming node's own clock. So a login that did not wait is never refused, even if clocks
    /// are wrong. A holder that cannot be read holds nothing: no node can be told to close that session, and none will release it, so the user could
    /// not log in for ever.</remarks>
    public const string Claim = """
        local h = redis.call('HMGET', KEYS[1], 'node', 'connection', 'since')
        local n = h[1] or ''
        local c = h[2] or ''
        local held = tonumber(h[3] or '0') or 0
        local since = tonumber(ARGV[3])
        local own = n == ARGV[1] and c == ARGV[2]
        local held_by_node = string.find(n, '^.+:%d+#[+-]?%d+$') and string.find(c, '^-?%d+$')
        if held_by_node and not own then
          local skew = tonumber(ARGV[9])
          if (ARGV[5] == 'refuse' and n ~= ARGV[6])
            or (ARGV[5] == 'restore' and held >= since)
            or (ARGV[5] == 'replace' and held > since + skew and held <= tonumber(ARGV[8]) + skew) then
            return {0, n, c, redis.call('PTTL', KEYS[1])}
          end
          if held >= since then since = held + 1 end
        end
        if own and held >= since then
          if ARGV[5] == 'restore' then since = held else since = held + 1 end
        end
        redis.call('HSET', KEYS[1], 'node', ARGV[1], 'connection', ARGV[2], 'since', string.format('%.0f', since), 'mode', ARGV[4])
        redis.call('PEXPIRE', KEYS[1], ARGV[7])
        return {1, n, c, since}
        """;

    /// <summary>Adds an event to a user's list. KEYS: list. ARGV: the event; how many are kept; seconds until the list expires.</summary>
    public const string NoteEvent = """
        redis.call('LPUSH', KEYS[1], ARGV[1])
        redis.call('LTRIM', KEYS[1], 0, ARGV[2] - 1)
        redis.call('EXPIRE', KEYS[1], ARGV[3])
        """;

    /// <summary>Confirms a claim, so that the session no longer expires. KEYS: session. ARGV: node, connection. Answers 1 if that connection
    /// holds the session, 2 if another one does, 0 if nobody does: it expired, or another connection replaced it and released it.</summary>
    public const string Confirm = """
        local h = redis.call('HMGET', KEYS[1], 'node', 'connection')
        if h[1] == ARGV[1] and h[2] == ARGV[2] then
          redis.call('PERSIST', KEYS[1])
          return 1
        end
        if h[1] then return 2 end
        return 0
        """;

    /// <summary>Deletes a session if this connection of this node holds it. KEYS: session. ARGV: node, connection. Answers 2 if it deleted the
    /// session, 1 if the node does not hold it, 0 if another connection of the node holds it.</summary>
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

    /// <summary>Deletes a session if any connection of this node holds it. KEYS: session. ARGV: node. Answers 1 if it deleted the session.</summary>
    public const string ReleaseNode = """
        if redis.call('HGET', KEYS[1], 'node') == ARGV[1] then
          return redis.call('DEL', KEYS[1])
        end
        return 0
        """;

    /// <summary>Deletes a string if it has this value. KEYS: any. ARGV: value. Answers 1 if it deleted the string.</summary>
    public const string DeleteIfEqual = """
        if redis.call('GET', KEYS[1]) == ARGV[1] then
          return redis.call('DEL', KEYS[1])
        end
        return 0
        """;

    /// <summary>Draws a new term. KEYS: term. ARGV: lowest term that is allowed. Answers the new term.</summary>
    public const string NextTerm = """
        local t = tonumber(redis.call('GET', KEYS[1]) or '0') + 1
        local floor = tonumber(ARGV[1])
        if t < floor then t = floor end
        redis.call('SET', KEYS[1], string.format('%.0f', t))
        return t
        """;

    /// <summary>Adds a revocation, takes those away that need not be kept any more, and lets the whole list expire with the last one. KEYS: list. ARGV: field; value;
    /// until when it is kept, in milliseconds; current time; new version. The last number in a value says until when it is kept.
    /// If a value begins with a number and a blank, the one with the larger number stays.</summary>
    public const string Revoke = """
        local all = redis.call('HGETALL', KEYS[1])
        local last = tonumber(ARGV[3])
        for i = 1, #all, 2 do
          if all[i] ~= 'v' then
            local kept = tonumber(string.match(all[i + 1], '%d+$')) or 0
            if kept < tonumber(ARGV[4]) then
              redis.call('HDEL', KEYS[1], all[i])
            elseif kept > last then
              last = kept
            end
          end
        end
        local former = tonumber(string.match(redis.call('HGET', KEYS[1], ARGV[1]) or '', '^(%d+) ') or '0')
        local wanted = tonumber(string.match(ARGV[2], '^(%d+) ') or '0')
        if former <= wanted then
          redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
        end
        redis.call('HSET', KEYS[1], 'v', ARGV[5])
        redis.call('PEXPIRE', KEYS[1], string.format('%.0f', last - tonumber(ARGV[4])))
        """;
}
