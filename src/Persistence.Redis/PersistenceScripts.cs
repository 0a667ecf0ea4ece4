namespace ChatAkka.Persistence.Redis;

/// <summary>The Lua scripts of journal and snapshot store. The two keys of a write are in one slot of a Redis Cluster.</summary>
internal static class PersistenceScripts
{
    /// <summary>Writes events. KEYS: events, highest number. ARGV: the number before the first event; the number of the last event; then for each
    /// event its number and its bytes. Writes all events and answers nothing, if the highest number in the store is the one before the first
    /// event. Otherwise it writes nothing and answers that highest number. If the store has no number, because it restarted empty, all
    /// numbers are accepted.</summary>
    /// <remarks>The events are written first. If one cannot be written (for example because the key has another type), the number does not
    /// change.</remarks>
    public const string Write = """
        local highest = redis.call('GET', KEYS[2])
        if highest and highest ~= ARGV[1] then
          return highest
        end
        for i = 3, #ARGV, 2 do
          redis.call('ZADD', KEYS[1], ARGV[i], ARGV[i + 1])
        end
        redis.call('SET', KEYS[2], ARGV[2])
        return false
        """;

    /// <summary>Saves a snapshot. KEYS: snapshots, highest number. ARGV: number of the snapshot, its bytes. Saves it and answers nothing. But if
    /// the highest number in the store is lower than that of the snapshot, it saves nothing and answers the highest number. In that case the store
    /// has lost the events of the snapshot, and another instance has begun again with lower numbers. The snapshot would hide its events.</summary>
    public const string SaveSnapshot = """
        local highest = redis.call('GET', KEYS[2])
        if highest and tonumber(highest) < tonumber(ARGV[1]) then
          return highest
        end
        redis.call('ZADD', KEYS[1], ARGV[1], ARGV[2])
        return false
        """;

    /// <summary>The script has done what it is for.</summary>
    public const int Done = 1;

    /// <summary>The script has done nothing: events are in no snapshot, so a recovery needs them.</summary>
    public const int Needed = -1;

    /// <summary>Deletes ranges of events. KEYS: events, highest number, snapshots. ARGV: the highest number that the caller knows; then the first and the last
    /// number of each range. Deletes all and answers <see cref="Done"/>. It deletes nothing and answers 0 if the highest number in the store is another one,
    /// and <see cref="Needed"/> if the store has no snapshot of the last number of a range or of a later one.</summary>
    public const string DeleteEvents = """
        if redis.call('GET', KEYS[2]) ~= ARGV[1] then
          return 0
        end
        for i = 3, #ARGV, 2 do
          if redis.call('ZCOUNT', KEYS[3], ARGV[i], '+inf') == 0 then
            return -1
          end
        end
        for i = 2, #ARGV, 2 do
          redis.call('ZREMRANGEBYSCORE', KEYS[1], ARGV[i], ARGV[i + 1])
        end
        return 1
        """;

    /// <summary>Deletes an entity. KEYS: events, highest number, snapshots. ARGV: the highest number that the caller knows, or nothing. Answers
    /// <see cref="Done"/>. If the highest number in the store is another one, it deletes nothing and answers 0.</summary>
    public const string Forget = """
        if (redis.call('GET', KEYS[2]) or '') ~= ARGV[1] then
          return 0
        end
        redis.call('UNLINK', KEYS[1], KEYS[2], KEYS[3])
        return 1
        """;

    /// <summary>Checks writes and sets a mark. KEYS: the mark, then the highest number of each entity. ARGV: for each entity the number that it must
    /// have reached. Answers the positions (from 0) of the entities that have not reached it. Not for a Redis Cluster.</summary>
    public const string Confirm = """
        local lost = {}
        for i = 2, #KEYS do
          local highest = redis.call('GET', KEYS[i])
          if not highest or tonumber(highest) < tonumber(ARGV[i - 1]) then
            lost[#lost + 1] = i - 2
          end
        end
        redis.call('SET', KEYS[1], '1')
        return lost
        """;
}
