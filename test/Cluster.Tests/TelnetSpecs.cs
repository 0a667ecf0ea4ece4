using ChatAkka.TestSupport;

namespace ChatAkka.Cluster.Tests;

/// <summary>A person at a terminal, with Debian's telnet.</summary>
[Collection(SharedPair.Name)]
public class TelnetSpecs(PairFixture pair)
{
    [FactNeedsTelnet]
    public async Task Should_show_answers_again_after_an_interrupt()
    {
        await using var ann = await TelnetTerminal.LoginAsync(pair.A.Clients, "tel-ann");
        for (var i = 1; i <= 2; i++)
        {
            // Telnet shows "^C", and then nothing until its timing mark is answered.
            await ann.TypeAsync(TelnetTerminal.Interrupt);
            await ann.SeesAsync("^C", i);
            await ann.TypeAsync("ping\n");
            await ann.SeesAsync("OK ping", i);
        }
    }

    [FactNeedsTelnet]
    public async Task Should_take_lines_in_character_mode()
    {
        await using var bob = await TelnetTerminal.LoginAsync(pair.A.Clients, "tel-bob");
        await bob.TypeAsync(TelnetTerminal.Escape);
        await bob.SeesAsync("telnet> ");
        await bob.TypeAsync("mode character\n");
        await bob.TypeAsync($"pinx{TelnetTerminal.Delete}g\r");
        await bob.SeesAsync("OK ping");
        await bob.TypeAsync("who tel-bob\r");
        await bob.SeesAsync("OK who tel-bob online");
    }

    [FactNeedsTelnet]
    public async Task Should_answer_a_person_whatever_is_typed()
    {
        await using var eve = await TelnetTerminal.ConnectAsync(pair.A.Clients);
        await eve.TypeAsync("\n");
        await eve.SeesAsync($"OK welcome to ChatAkka at {pair.A.Clients}; type login NAME to begin, or help");
        await eve.TypeAsync("hello?\n");
        await eve.SeesAsync("ERROR unknown_command no such command; there are: login NAME | chat NAME TEXT | who [NAME] | ping | help | quit");
        await eve.TypeAsync("login tel eve\n");
        await eve.SeesAsync("ERROR bad_field login needs one name, without white space: login NAME");
        await eve.TypeAsync("who\n");
        await eve.SeesAsync("ERROR not_logged_in you are not logged in");
        await eve.TypeAsync("login tel-eve\n");
        await eve.SeesAsync("OK login tel-eve");
        await eve.TypeAsync($"wh{TelnetTerminal.Left}o{TelnetTerminal.Up}\n");
        await eve.SeesAsync($"OK who tel-eve online node {pair.A.Clients}");
        await eve.TypeAsync("chat tel-nobody are you there\n");
        await eve.SeesAsync("OK stored for tel-nobody");
        await eve.TypeAsync("exit\n");
        await eve.SeesAsync("OK logout");
        await eve.SeesAsync("Connection closed by foreign host");
    }

    [Fact]
    public async Task Should_take_lines_of_a_client_that_sends_every_key_as_it_is_typed()
    {
        using var client = await ChatClient.ConnectAsync(pair.A.Clients);
        foreach (var key in "pinx\u007fg\r\0who nobodz\by\r\0"u8.ToArray())
            await client.SendRawAsync(new[] { key });
        (await client.LineAsync()).ShouldBe("OK ping");
        (await client.LineAsync()).ShouldBe("OK who nobody offline");
    }

    [Fact]
    public async Task Should_refuse_options_once_each_and_close_who_asks_for_them_without_end_and_does_not_read()
    {
        using var client = await ChatClient.ConnectAsync(pair.A.Clients, receiveBuffer: 4096);
        await client.SendRawAsync(new byte[] { 255, 253, 1, 255, 251, 31, 255, 252, 5, 255, 254, 6 });
        await client.SendAsync("ping");
        (await client.RawLineAsync()).ShouldBe([255, 252, 1, 255, 254, 31, .. "OK ping"u8]);

        var flood = Enumerable.Repeat(new byte[] { 255, 253, 6 }, 20_000).SelectMany(b => b).ToArray();
        var watch = System.Diagnostics.Stopwatch.StartNew();
        await Should.ThrowAsync<System.Net.Sockets.SocketException>(async () =>
        {
            while (watch.Elapsed < Eventually.Limit)
                await client.SendRawAsync(flood);
        });
    }

    private sealed class FactNeedsTelnetAttribute : FactAttribute
    {
        public FactNeedsTelnetAttribute() => Skip = TelnetTerminal.SkipReason;
    }
}
