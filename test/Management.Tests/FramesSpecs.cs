using System.Buffers.Binary;
using System.Text;
using System.Text.Json.Nodes;
using ChatAkka.Management.Wire;
using CsCheck;

namespace ChatAkka.Management.Tests;

/// <summary>Frames of the management protocol: what goes in comes out, and what is no frame is said to be none.</summary>
public class FramesSpecs
{
    public static TheoryData<ClientMessage> FromClients =>
    [
        new ClientMessage.Hello([1, 2], "secret"),
        new ClientMessage.Hello([1]),
        new ClientMessage.Run(7, "chat", "send", ["bob", "hi", "ü \"x\""]),
        new ClientMessage.Cancel(7),
    ];

    [Theory]
    [MemberData(nameof(FromClients))]
    public async Task Should_read_what_it_wrote_from_clients(ClientMessage message)
    {
        var read = await Frames.ReadClientAsync(new MemoryStream(Frames.Of(message)), 1024, CancellationToken.None);

        read.ShouldBeOfType(message.GetType());
        Frames.Of(read!).ShouldBe(Frames.Of(message));
    }

    [Fact]
    public async Task Should_read_what_it_wrote_from_hosts()
    {
        HostMessage[] messages =
        [
            new HostMessage.Welcome(1, "h:1", [new PaletteInfo("p", "d", [new CommandInfo("c", "d", [new ArgumentInfo("a", "d", ["-a"], true, false, false, null)], true)])]),
            new HostMessage.Refused(RefusalCodes.Token, "no"),
            new HostMessage.Table(1, ["a", "b"], true),
            new HostMessage.Rows(1, [["x", 5L], [JsonValue.Create(true), null]]),
            new HostMessage.Text(1, "t"),
            new HostMessage.Warning(1, "w"),
            new HostMessage.End(1, 2, "why"),
        ];
        using var stream = new MemoryStream();
        foreach (var message in messages)
            stream.Write(Frames.Of(message));
        stream.Position = 0;

        foreach (var message in messages)
            Frames.Of((await Frames.ReadHostAsync(stream, CancellationToken.None))!).ShouldBe(Frames.Of(message));
        (await Frames.ReadHostAsync(stream, CancellationToken.None)).ShouldBeNull();
    }

    [Fact]
    public void Should_take_a_frame_for_what_it_is_or_say_so_whatever_comes() => Gen.Byte.Array[0, 200].Sample(bytes => IsTakenOrRefused(bytes));

    [Fact]
    public void Should_refuse_bodies_that_are_no_messages() =>
        Gen.OneOf(
            Gen.Const("null"), Gen.Const("[]"), Gen.Const("{}"), Gen.Const("{\"t\":\"hello\"}"), Gen.Const("{\"t\":\"none\"}"),
            Gen.Const("{\"t\":\"run\",\"id\":\"x\"}"), Gen.Const("{\"t\":\"run\",\"id\":1,\"palette\":null,\"command\":\"c\",\"arguments\":[]}"),
            Gen.Const(new string('[', 64)), Gen.String)
        .Sample(text =>
        {
            var body = Encoding.UTF8.GetBytes(text);
            var frame = new byte[4 + body.Length];
            BinaryPrimitives.WriteInt32BigEndian(frame, body.Length);
            body.CopyTo(frame, 4);
            Should.Throw<FrameException>(() => Frames.ReadClientAsync(new MemoryStream(frame), 1 << 20, CancellationToken.None).GetAwaiter().GetResult());
        });

    [Fact]
    public async Task Should_not_take_a_frame_over_the_limit_nor_make_room_for_it()
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var refused = await Should.ThrowAsync<FrameException>(
            () => Frames.ReadClientAsync(new MemoryStream([0x7f, 0xff, 0xff, 0xff, 1]), 64 * 1024, CancellationToken.None));

        refused.Message.ShouldContain("2147483647 bytes");
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(100_000);
    }

    [Fact]
    public async Task Should_say_where_a_frame_is_half()
    {
        var half = Frames.Of(new ClientMessage.Cancel(1))[..^1];

        (await Should.ThrowAsync<FrameException>(() => Frames.ReadClientAsync(new MemoryStream(half), 1024, CancellationToken.None)))
            .Message.ShouldContain("within a frame");
    }

    private static bool IsTakenOrRefused(byte[] bytes)
    {
        try
        {
            // Nothing at all is the end of the stream.
            return Frames.ReadClientAsync(new MemoryStream(bytes), 1024, CancellationToken.None).GetAwaiter().GetResult() is not null || bytes.Length == 0;
        }
        catch (FrameException)
        {
            return true;
        }
    }
}
