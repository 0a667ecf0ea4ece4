using ChatAkka.Runtime;

namespace ChatAkka.Startup.Tests.Members;

public sealed class AssociateOriginSpecs
{
    [Fact]
    public void Should_read_the_address_and_be_content_with_nothing_else()
    {
        AssociateOrigin.Of(Payloads.Associate("a.example", 4053)).ShouldBe("a.example:4053");
        AssociateOrigin.Of([]).ShouldBeNull();
        AssociateOrigin.Of("garbage, and more of it"u8).ShouldBeNull();
        AssociateOrigin.Of(Payloads.Message(1, [1, 2, 3])).ShouldBeNull();
        AssociateOrigin.Of(Payloads.Message(2, Payloads.Number(1, 3))).ShouldBeNull();
        var whole = Payloads.Associate("a.example", 4053);
        for (var length = 0; length < whole.Length; length++)
            AssociateOrigin.Of(whole.AsSpan(0, length)).ShouldBeNull();
    }

    [Fact]
    public void Should_take_the_last_address_as_Akka_does_and_skip_fields_of_another_kind()
    {
        AssociateOrigin.Of([.. Payloads.Associate("a", 1), .. Payloads.Associate("b", 2)]).ShouldBe("b:2");
        var address = Payloads.Message(1, [.. Payloads.Text(2, "b"), .. Payloads.Number(3, 2), .. Payloads.Number(2, 3), .. Payloads.Text(3, "99")]);
        AssociateOrigin.Of(Payloads.Message(2, [.. Payloads.Number(1, 1), .. Payloads.Message(2, address)])).ShouldBe("b:2");
    }
}
