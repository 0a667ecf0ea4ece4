using System.Globalization;
using System.Text;
using ChatAkka.Node.Mailboxes;

namespace ChatAkka.Node.Tests;

[CollectionDefinition(nameof(MailboxMemorySpecs), DisableParallelization = true)]
[Collection(nameof(MailboxMemorySpecs))]
public class MailboxMemorySpecs
{
    // As shipped.
    private static readonly MailboxSettings s_settings = new(
        true, 1000, 16 * 1024 * 1024, TimeSpan.FromDays(7), 1024, 16_384, TimeSpan.FromHours(24), 500, TimeSpan.FromMinutes(2), 64, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(1));

    /// <summary>One client can fill it, under as many names as it likes.</summary>
    [Theory]
    [InlineData(1000, 1)]
    [InlineData(100, 1024)]
    public void Should_remember_ids_in_little_room_whoever_sends_however_many(int senders, int inARow)
    {
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var state = new MailboxState(s_settings);
        for (var i = 0; i < 20_000 + (100 * inARow); i++)
        {
            state.RestoreId($"sender{i / inARow % senders}", Id(i), i);

            // All stay, with a few ids: what they had once must not cost anything.
            state.RestoreId($"sender{i % senders}", Id(-i), i);
        }

        state.Ids.Count.ShouldBe(16_384);
        (GC.GetTotalMemory(forceFullCollection: true) - before).ShouldBeLessThan(3_500_000);
        MailboxSnapshot.ToBytes(state).Length.ShouldBeLessThan((16_384 * 24) + (1000 * 20));
    }

    private static IdHash Id(int i) => IdHash.Of(Encoding.UTF8.GetBytes(i.ToString(CultureInfo.InvariantCulture)));
}
