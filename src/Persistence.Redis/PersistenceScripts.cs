namespace ChatAkka.Persistence.Redis;

/// <summary>The scripts of journal and snapshot store. Both keys of each lie in one slot of a Redis Cluster.</summary>
internal static class PersistenceScripts
{
    /// <summary>KEYS: events, highest number. ARGV: the number that the first event follows, the number of the last one, then for each event
    /// its number and its bytes. Writes all of it and answers nothing; or, where another number was written last, writes nothing and
    /// answers that number. Where the store has no number, because it came back empty, anything may follow.</summary>
    /// <remarks>The events come first: where one cannot be written, as into a key of another type, the number stays.</remarks>
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

    /// <summary>KEYS: snapshots, highest number. ARGV: number of the snapshot, its bytes. Saves it and answers nothing; or, where the
    /// events end below that number, saves nothing and answers the number of the last one: the snapshot is of events that the store lost
    /// and that others began anew, and it would hide theirs.</summary>
    public const string SaveSnapshot = """
        local highest = redis.call('GET', KEYS[2])
        if highest and tonumber(highest) < tonumber(ARGV[1]) then
          return highest
        end
        redis.call('ZADD', KEYS[1], ARGV[1], ARGV[2])
        return false
        """;

    /// <summary>KEYS: the mark, then the highest number of each entity. ARGV: for each entity the number that it must have reached. Sets the
    /// mark; answers which entities have not reached theirs, counted from 0. Not for a Redis Cluster.</summary>
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
