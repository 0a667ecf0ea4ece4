using CsCheck;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace ChatAkka.Persistence.Redis.Tests;

/// <summary>The bytes of a snapshot, against the published definition. The golden bytes were put together by hand from it.</summary>
public sealed class SnapshotMessageSpecs
{
    private static readonly DateTime s_time = new(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc);

    private static readonly Gen<SnapshotMessage> s_messages =
        from id in Gen.OneOf(Gen.Const(""), Gen.Const("mailbox-Zoë"), Gen.String[Gen.Char.AlphaNumeric, 0, 300])
        from number in Gen.OneOf(Gen.Const(0L), Gen.Long[0, 300], Gen.Long)
        from ticks in Gen.OneOf(
            Gen.Const(DateTime.MinValue.Ticks), Gen.Const(DateTime.MaxValue.Ticks), Gen.Const(DateTime.UnixEpoch.Ticks), Gen.Long[0, DateTime.MaxValue.Ticks])
        from serializer in Gen.OneOf(Gen.Const(0), Gen.Int[0, 8000], Gen.Int)
        from manifest in Gen.OneOf(Gen.Const(""), Gen.String[Gen.Char.AlphaNumeric, 0, 150])
        from payload in Gen.Byte.Array[0, 400]
        select new SnapshotMessage(id, number, new DateTime(ticks, DateTimeKind.Utc), serializer, manifest, payload);

    public static TheoryData<string, string> Golden => new()
    {
        // "p", 10, 1767323045 s; serializer 4 (bytes), 01 02 03, no manifest.
        { "bytes", "0A0170" + "100A" + "1A06" + "08A5EBDCCA06" + "2207" + "0804" + "1203010203" },

        // "p", 300, 1767323045 s and 123456700 ns; serializer 7499, "hi", "w1".
        { "text with a manifest", "0A0170" + "10AC02" + "1A0B" + "08A5EBDCCA06" + "10BC99EF3A" + "220B" + "08CB3A" + "12026869" + "1A027731" },

        // All that is 0 or empty is left out; the time stamp and the payload are there.
        { "nothing", "1A00" + "2200" },

        // The year 1, and 100 ns: -62135596800 s; serializer -1.
        { "negative numbers", "0A0170" + "1A0D" + "088092B8C398FEFFFFFF01" + "1064" + "220B" + "08FFFFFFFFFFFFFFFFFF01" },
    };

    [Theory]
    [MemberData(nameof(Golden))]
    public void Should_write_golden_bytes(string which, string golden) => Assert.Equal(golden, Convert.ToHexString(Message(which).ToBytes()));

    [Theory]
    [MemberData(nameof(Golden))]
    public void Should_read_golden_bytes(string which, string golden) => ShouldEqual(SnapshotMessage.FromBytes(Convert.FromHexString(golden)), Message(which));

    [Fact]
    public void Should_write_what_the_library_of_protobuf_writes() => s_messages.Sample(m => m.ToBytes().AsSpan().SequenceEqual(ByLibrary(m)));

    [Fact]
    public void Should_read_what_was_written() => s_messages.Sample(m => ShouldEqual(SnapshotMessage.FromBytes(m.ToBytes()), m));

    [Fact]
    public void Should_count_any_date_and_time_as_UTC()
    {
        var local = new SnapshotMessage("p", 1, DateTime.SpecifyKind(s_time, DateTimeKind.Local), 4, "", []);
        var read = SnapshotMessage.FromBytes(local.ToBytes()).Timestamp;
        read.ShouldBe(s_time);
        read.Kind.ShouldBe(DateTimeKind.Utc);
    }

    [Fact]
    public void Should_read_fields_in_any_order_and_ignore_those_that_it_does_not_know()
    {
        // Unknown: field 5 as varint, 6 as 8 bytes, 7 as text, 8 as 4 bytes, 16 as varint, and 1 as varint, which is of another kind than it is defined.
        const string Unknown = "2801" + "310102030405060708" + "3A0178" + "4501020304" + "800101" + "0805";
        const string Bytes = "2210" + "1203010203" + "2001" + "1A027731" + "2A0178" + "0804" + Unknown + "1A0C" + "2801" + "1064" + "08A5EBDCCA06" + "3000" + "10AC02" + "0A0170";
        ShouldEqual(
            SnapshotMessage.FromBytes(Convert.FromHexString(Bytes)),
            new SnapshotMessage("p", 300, s_time.AddTicks(1), 4, "w1", [1, 2, 3]));
    }

    [Fact]
    public void Should_refuse_every_part_of_a_message()
    {
        var whole = Message("text with a manifest").ToBytes();
        for (var length = 0; length < whole.Length; length++)
            Should.Throw<FormatException>(() => SnapshotMessage.FromBytes(whole[..length]), $"the first {length} bytes");
    }

    [Theory]
    [InlineData("1A00", "no payload")]
    [InlineData("2200", "no time stamp")]
    [InlineData("1A0022002B", "a group, which version 3 does not have")]
    [InlineData("1A0022002E", "no such wire type")]
    [InlineData("1A0022000001", "a field without number")]
    [InlineData("1A0022000A01FF", "no UTF-8")]
    [InlineData("1A00220010FFFFFFFFFFFFFFFFFFFF01", "a number of more than 64 bits")]
    [InlineData("1A0022000AFFFFFFFFFFFFFFFFFF01", "a length below 0")]
    [InlineData("1A06108094EBDC032200", "1,000,000,000 ns")]
    [InlineData("1A0B10FFFFFFFFFFFFFFFFFF012200", "-1 ns")]
    [InlineData("1A07088083D1FFAF072200", "the year 10000")]
    public void Should_refuse_what_is_no_snapshot(string bytes, string reason) =>
        Should.Throw<FormatException>(() => SnapshotMessage.FromBytes(Convert.FromHexString(bytes)), reason);

    private static SnapshotMessage Message(string which) => which switch
    {
        "bytes" => new SnapshotMessage("p", 10, s_time, 4, "", [1, 2, 3]),
        "text with a manifest" => new SnapshotMessage("p", 300, s_time.AddTicks(1234567), 7499, "w1", "hi"u8.ToArray()),
        "nothing" => new SnapshotMessage("", 0, DateTime.UnixEpoch, 0, "", []),
        _ => new SnapshotMessage("p", 0, DateTime.MinValue.AddTicks(1), -1, "", []),
    };

    private static bool ShouldEqual(SnapshotMessage read, SnapshotMessage expected)
    {
        read.Payload.ShouldBe(expected.Payload);
        (read with { Payload = expected.Payload }).ShouldBe(expected);
        read.Timestamp.Kind.ShouldBe(DateTimeKind.Utc);
        return true;
    }

    /// <summary>Written with the library, field by field as its generated code does.</summary>
    private static byte[] ByLibrary(SnapshotMessage message)
    {
        var payload = Write(output =>
        {
            if (message.SerializerId != 0)
                Field(output, 1, WireFormat.WireType.Varint).WriteInt32(message.SerializerId);
            if (message.Payload.Length > 0)
                Field(output, 2, WireFormat.WireType.LengthDelimited).WriteBytes(ByteString.CopyFrom(message.Payload));
            if (message.Manifest.Length > 0)
                Field(output, 3, WireFormat.WireType.LengthDelimited).WriteBytes(ByteString.CopyFromUtf8(message.Manifest));
        });
        return Write(output =>
        {
            if (message.PersistenceId.Length > 0)
                Field(output, 1, WireFormat.WireType.LengthDelimited).WriteString(message.PersistenceId);
            if (message.SequenceNr != 0)
                Field(output, 2, WireFormat.WireType.Varint).WriteInt64(message.SequenceNr);
            Field(output, 3, WireFormat.WireType.LengthDelimited).WriteMessage(Timestamp.FromDateTime(message.Timestamp));
            Field(output, 4, WireFormat.WireType.LengthDelimited).WriteBytes(ByteString.CopyFrom(payload));
        });
    }

    private static CodedOutputStream Field(CodedOutputStream output, int number, WireFormat.WireType type)
    {
        output.WriteTag(number, type);
        return output;
    }

    private static byte[] Write(Action<CodedOutputStream> write)
    {
        using var stream = new MemoryStream();
        using (var output = new CodedOutputStream(stream, leaveOpen: true))
            write(output);
        return stream.ToArray();
    }
}
