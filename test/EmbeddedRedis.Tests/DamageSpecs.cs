using ChatAkka.EmbeddedRedis.Ledger;
using ChatAkka.RedisAccess;
using ChatAkka.TestSupport;
using StackExchange.Redis;

namespace ChatAkka.EmbeddedRedis.Tests;

/// <summary>After damage to any of its files the store has all that it answered for, or it does not start.</summary>
public sealed class DamageSpecs(DamageSpecs.Written written) : IClassFixture<DamageSpecs.Written>
{
    private const int Keys = 300;

    public enum Damage
    {
        CutInHalf,
        Emptied,
        LastByteCut,
        Overwritten,
        LastByteFlipped,
        Deleted,
    }

    public static TheoryData<Damage> Damages => [.. Enum.GetValues<Damage>()];

    [Theory]
    [MemberData(nameof(Damages))]
    public async Task Should_have_all_or_refuse_when_a_file_is_damaged(Damage damage)
    {
        var files = written.Files().ToList();
        files.ShouldContain(f => f.StartsWith("AOF/aof.log.", StringComparison.Ordinal));
        files.ShouldContain(f => f.StartsWith("AOF/log-commits", StringComparison.Ordinal));
        files.ShouldContain(f => f.StartsWith("Store/checkpoints", StringComparison.Ordinal));
        var refused = new List<string>();
        foreach (var file in files)
        {
            using var folder = written.Copy();
            Harm(Path.Combine(folder.Path, file), damage);
            try
            {
                using var server = EmbeddedRedisServer.Start(Settings(folder));
                (await Count(server)).ShouldBe(Keys, $"{file} {damage}");
            }
            catch (EmbeddedRedisException e)
            {
                e.Message.ShouldContain("--data-recover");

                // Where the ledger lost its end, a file that was written since is what is not as it says.
                if (file != "ledger")
                    e.Message.ShouldContain(file);
                refused.Add(file);
            }
        }

        // All but the ledger, whose end says only what the files say as well, and the password, which is made anew.
        refused.ShouldNotContain("password");
        refused.ShouldBe(files.Where(f => f != "password" && (f != "ledger" || refused.Contains(f))));
    }

    [Fact]
    public async Task Should_have_all_when_nothing_is_damaged()
    {
        using var folder = written.Copy();
        for (var round = 0; round < 2; round++)
        {
            using var server = EmbeddedRedisServer.Start(Settings(folder));
            server.Recovered.ShouldBeNull();
            (await Count(server)).ShouldBe(Keys);
        }
    }

    [Fact]
    public void Should_refuse_when_the_ledger_is_gone()
    {
        using var folder = written.Copy();
        File.Delete(Path.Combine(folder.Path, "ledger"));
        Should.Throw<EmbeddedRedisException>(() => EmbeddedRedisServer.Start(Settings(folder))).Message.ShouldContain("ledger is missing");
    }

    [Fact]
    public async Task Should_start_anew_where_only_files_of_others_are()
    {
        using var folder = new TempFolder();
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "node.conf"), "chat { }");
        using var server = EmbeddedRedisServer.Start(Settings(folder));
        (await Count(server)).ShouldBe(0);
    }

    [Fact]
    public async Task Should_start_when_a_write_was_torn()
    {
        using var folder = written.Copy();
        var file = "AOF/aof.log.0";
        var bytes = File.ReadAllBytes(Path.Combine(folder.Path, file));
        var end = bytes.Length - (bytes.Length % Sectors.Size) - Sectors.Size;

        // The last sector again with more in it, and two more of which one came to the disk.
        var state = DataLedger.Read(folder.Path)!;
        var next = new byte[3 * Sectors.Size];
        bytes.AsSpan(end, Sectors.Size).CopyTo(next);
        next.AsSpan(Sectors.Size - 8).Fill(7);
        using (var ledger = DataLedger.Open(folder.Path, state))
            ledger.Begin(file, end, Sectors.Sum(next));
        using (var aof = File.OpenWrite(Path.Combine(folder.Path, file)))
        {
            aof.Position = end;
            aof.Write(next.AsSpan(0, 2 * Sectors.Size));
        }

        using var server = EmbeddedRedisServer.Start(Settings(folder));
        (await Count(server)).ShouldBe(Keys);
    }

    [Fact]
    public async Task Should_start_with_what_can_be_read_when_told_to()
    {
        using var folder = written.Copy();
        var file = Path.Combine(folder.Path, "AOF", "aof.log.0");
        Harm(file, Damage.Overwritten);
        var harmed = File.ReadAllBytes(file);
        Should.Throw<EmbeddedRedisException>(() => EmbeddedRedisServer.Start(Settings(folder)));

        long count;
        using (var server = EmbeddedRedisServer.Start(Settings(folder) with { Recover = true }))
        {
            count = await Count(server);
            count.ShouldBeInRange(Keys / 2, Keys - 1);
            server.Recovered.ShouldNotBeNull().ShouldContain("AOF/aof.log.0 is damaged");
            server.Recovered.ShouldContain($"keys={count}");
            await using var redis = await ConnectionMultiplexer.ConnectAsync(RedisConnectionString.Parse(Patience.With(server.Connection)).ToOptions("test"));
            await redis.GetDatabase().StringSetAsync($"key{Keys}", "after");
        }

        var copy = Directory.GetDirectories(Path.GetDirectoryName(folder.Path)!, Path.GetFileName(folder.Path) + ".damaged-*").ShouldHaveSingleItem();
        File.ReadAllBytes(Path.Combine(copy, "AOF", "aof.log.0")).ShouldBe(harmed);
        Directory.Delete(copy, recursive: true);

        // From now on it is whole, without the damaged part, and what came after is kept.
        using var again = EmbeddedRedisServer.Start(Settings(folder));
        again.Recovered.ShouldBeNull();
        (await Count(again)).ShouldBe(count + 1);
    }

    private static EmbeddedRedisSettings Settings(TempFolder folder) => new(folder.Path, "127.0.0.1", FreePorts.Next());

    private static async Task<long> Count(EmbeddedRedisServer server)
    {
        await using var redis = await ConnectionMultiplexer.ConnectAsync(RedisConnectionString.Parse(Patience.With(server.Connection)).ToOptions("test"));
        var values = await redis.GetDatabase().StringGetAsync([.. Enumerable.Range(0, Keys + 1).Select(k => (RedisKey)$"key{k}")]);
        return values.Count(v => v.HasValue);
    }

    private static void Harm(string path, Damage damage)
    {
        if (damage == Damage.Deleted)
        {
            File.Delete(path);
            return;
        }

        using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite);
        switch (damage)
        {
            case Damage.CutInHalf:
                file.SetLength(file.Length / 2);
                break;
            case Damage.Emptied:
                file.SetLength(0);
                break;
            case Damage.LastByteCut:
                file.SetLength(file.Length - 1);
                break;
            case Damage.LastByteFlipped:
                file.Position = file.Length - 1;
                var last = file.ReadByte();
                file.Position = file.Length - 1;
                file.WriteByte((byte)(last ^ 0x10));
                break;
            default:
                // 4 KiB in the middle, or the middle half of a small file.
                var length = (int)Math.Min(4096, Math.Max(1, file.Length / 2));
                file.Position = (file.Length - length) / 2;
                var rubbish = new byte[length];
                new Random(1).NextBytes(rubbish);
                file.Write(rubbish);
                break;
        }
    }

    /// <summary>The directory of a store that was killed: a checkpoint, and half of the keys behind it.</summary>
    public sealed class Written : IAsyncLifetime
    {
        private readonly TempFolder _folder = new();

        public async Task InitializeAsync()
        {
            using var live = new TempFolder();
            using var server = EmbeddedRedisServer.Start(Settings(live));
            await using var redis = await ConnectionMultiplexer.ConnectAsync(RedisConnectionString.Parse(Patience.With(server.Connection) + ",allowAdmin=true").ToOptions("test"));
            for (var key = 0; key < Keys; key++)
            {
                await redis.GetDatabase().StringSetAsync($"key{key}", new string('x', 100) + key);
                if (key == Keys / 2)
                    await redis.GetDatabase().ExecuteAsync("SAVE");
            }

            // What is in its files at this moment is what a kill leaves; nothing is under way.
            await Eventually.TrueAsync(() => Directory.GetFiles(Path.Combine(live.Path, "AOF", "log-commits")).Length == 1, "one commit file");
            CopyTo(live.Path, _folder.Path);
        }

        public Task DisposeAsync()
        {
            _folder.Dispose();
            return Task.CompletedTask;
        }

        /// <summary>The files, relative to the directory.</summary>
        public IEnumerable<string> Files() =>
            Directory.GetFiles(_folder.Path, "*", SearchOption.AllDirectories)
                .Where(f => new FileInfo(f).Length > 0)
                .Select(f => Path.GetRelativePath(_folder.Path, f).Replace('\\', '/'))
                .Order(StringComparer.Ordinal);

        public TempFolder Copy()
        {
            var copy = new TempFolder();
            CopyTo(_folder.Path, copy.Path);
            return copy;
        }

        private static void CopyTo(string from, string to)
        {
            foreach (var file in Directory.GetFiles(from, "*", SearchOption.AllDirectories).Where(f => Path.GetFileName(f) != "lock"))
            {
                var target = Path.Combine(to, Path.GetRelativePath(from, file));
                Directory.CreateDirectory(Path.GetDirectoryName(target)!);
                File.Copy(file, target);
            }
        }
    }
}
