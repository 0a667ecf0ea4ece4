using ChatAkka.EmbeddedRedis.Ledger;
using ChatAkka.TestSupport;

namespace ChatAkka.EmbeddedRedis.Tests;

/// <summary>The ledger by itself, over files that a test writes.</summary>
public sealed class LedgerSpecs : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Should_know_a_write_when_it_is_done_and_allow_both_before()
    {
        var (old, next) = (Sector(1), Sector(2));
        using (var ledger = Open())
        {
            Write("f", 0, old);
            ledger.Done(ledger.Begin("f", 0, Sectors.Sum(old)));
            ledger.Begin("f", 0, Sectors.Sum(next));
        }

        Check().ShouldBeEmpty();
        Write("f", 0, next);
        Check().ShouldBeEmpty();
        Write("f", 0, Sector(3));
        Check().ShouldHaveSingleItem().ShouldBe(new DamagedFile("f", 0, Sectors.Size, Sectors.Size));
    }

    [Fact]
    public void Should_miss_what_is_done_and_not_there()
    {
        using (var ledger = Open())
        {
            Write("f", 0, [.. Sector(1), .. Sector(2)]);
            ledger.Done(ledger.Begin("f", 0, Sectors.Sum([.. Sector(1), .. Sector(2), .. Sector(3)])));
            ledger.Done(ledger.Begin("g", 0, Sectors.Sum(Sector(1))));
            ledger.Begin("h", 0, Sectors.Sum(Sector(1)));
        }

        Check().ShouldBe([new DamagedFile("f", 1024, 512, 1024), new DamagedFile("g", 0, 512, -1)]);
    }

    [Fact]
    public void Should_forget_what_was_removed_and_only_that()
    {
        using (var ledger = Open())
        {
            foreach (var name in new[] { "a/x", "a/y", "ab" })
                ledger.Done(ledger.Begin(name, 0, Sectors.Sum(Sector(1))));
            ledger.Remove("a");
        }

        Check().ShouldHaveSingleItem().Name.ShouldBe("ab");
        DataLedger.Read(_folder.Path)!.Removed.ShouldBe(["a"]);
    }

    [Fact]
    public void Should_say_the_same_when_it_is_begun_anew()
    {
        using (var ledger = Open())
        {
            ledger.Done(ledger.Begin("f", 1024, Sectors.Sum(Sector(1))));
            ledger.Begin("f", 0, Sectors.Sum(Sector(2)));
        }

        using (DataLedger.Open(_folder.Path, DataLedger.Read(_folder.Path)!))
        {
        }

        var state = DataLedger.Read(_folder.Path)!;
        state.Files["f"].ShouldBe([Sectors.Unknown, Sectors.Unknown, Sectors.SumOne(Sector(1))]);
        state.Begun.ShouldHaveSingleItem().Offset.ShouldBe(0);
        state.MayHold("f", 0, 77).ShouldBeTrue();
        state.MayHold("f", 2, Sectors.SumOne(Sector(2))).ShouldBeFalse();
        state.MayHold("f", 2, Sectors.Unknown).ShouldBeFalse();
    }

    [Fact]
    public void Should_read_up_to_a_torn_end_and_refuse_damage_before_it()
    {
        long known;
        using (var ledger = Open())
        {
            ledger.Done(ledger.Begin("f", 0, Sectors.Sum(Sector(1))));
            known = new FileInfo(Ledger).Length;
            ledger.Done(ledger.Begin("f", 512, Sectors.Sum(Sector(2))));
        }

        var whole = File.ReadAllBytes(Ledger);
        for (var length = (int)known; length < whole.Length; length++)
        {
            File.WriteAllBytes(Ledger, whole[..length]);
            DataLedger.Read(_folder.Path)!.Files["f"][0].ShouldBe(Sectors.SumOne(Sector(1)));
        }

        var harmed = whole.ToArray();
        harmed[known - 1] ^= 1;
        File.WriteAllBytes(Ledger, harmed);
        Should.Throw<InvalidDataException>(() => DataLedger.Read(_folder.Path));
    }

    [Fact]
    public void Should_refuse_a_ledger_that_is_shorter_than_it_began()
    {
        using (var ledger = Open())
            ledger.Done(ledger.Begin("f", 0, Sectors.Sum(Sector(1))));
        using (DataLedger.Open(_folder.Path, DataLedger.Read(_folder.Path)!))
        {
        }

        var whole = File.ReadAllBytes(Ledger);
        for (var length = 0; length < whole.Length; length++)
        {
            File.WriteAllBytes(Ledger, whole[..length]);
            Should.Throw<InvalidDataException>(() => DataLedger.Read(_folder.Path), $"{length} bytes");
        }
    }

    private string Ledger => Path.Combine(_folder.Path, DataLedger.FileName);

    private DataLedger Open() => DataLedger.Open(_folder.Path, new LedgerState());

    private IReadOnlyList<DamagedFile> Check() => DataCheck.Compare(_folder.Path, DataLedger.Read(_folder.Path)!);

    private void Write(string name, int offset, byte[] bytes)
    {
        using var file = File.OpenWrite(Path.Combine(_folder.Path, name));
        file.Position = offset;
        file.Write(bytes);
    }

    private static byte[] Sector(byte fill)
    {
        var bytes = new byte[Sectors.Size];
        Array.Fill(bytes, fill);
        return bytes;
    }
}
