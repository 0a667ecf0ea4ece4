using System.Text;
using Akka.Actor;
using Akka.Persistence;
using Akka.Serialization;
using Akka.TestKit.Xunit2;
using ChatAkka.Persistence.Redis.Tests.Contract;

namespace ChatAkka.Persistence.Redis.Tests;

/// <summary>What is read of the forms in which snapshots were kept, and what an earlier version makes of the present one.</summary>
public sealed class SnapshotSerializerSpecs : TestKit
{
    /// <summary>As written by the version before; the golden bytes of its tests.</summary>
    private const string Json = """
        {"$id":"1","$type":"Akka.Persistence.SelectedSnapshot, Akka.Persistence","Metadata":{"$id":"2","$type":"Akka.Persistence.SnapshotMetadata, Akka.Persistence","PersistenceId":"p","SequenceNr":10,"Timestamp":"2026-01-02T03:04:05Z"},"Snapshot":{"$type":"System.Byte[], System.Private.CoreLib","$value":"AQID"}}
        """;

    private static readonly DateTime s_time = new(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc);
    private readonly SnapshotSerializer _serializer;

    public SnapshotSerializerSpecs()
        : base("akka.loglevel = OFF\n" + ContractKits.Settings) => _serializer = new SnapshotSerializer((ExtendedActorSystem)Sys);

    [Fact]
    public void Should_have_the_identifier_of_the_package() => _serializer.Identifier.ShouldBe(48);

    /// <summary>Names of types without version, as the package has them; and nothing for bytes, whose serializer needs no manifest.</summary>
    [Fact]
    public void Should_write_golden_payloads_each_with_its_serializer_and_manifest()
    {
        Payload(new TypedDotted("a")).ShouldBe((7496, "ChatAkka.Persistence.Redis.Tests.Contract.TypedDotted, ChatAkka.Persistence.Redis.Tests", "2E61"));
        Payload(new NamedDotted("a")).ShouldBe((7497, "dotted", "2E61"));
        Payload(new byte[] { 1, 2, 3 }).ShouldBe((4, "", "010203"));
    }

    [Fact]
    public void Should_refuse_another_type()
    {
        Should.Throw<ArgumentException>(() => _serializer.ToBinary("text"));
        Should.Throw<ArgumentException>(() => _serializer.FromBinary([], typeof(string)));
    }

    [Fact]
    public void Should_read_the_JSON_that_the_version_before_wrote()
    {
        var before = new NewtonSoftJsonSerializer((ExtendedActorSystem)Sys);
        var metadata = new SnapshotMetadata("mailbox-Zoë", 12, s_time.AddTicks(1234567));
        var golden = (SelectedSnapshot)_serializer.FromBinary(Encoding.UTF8.GetBytes(Json), typeof(SelectedSnapshot));
        golden.Metadata.ShouldBe(new SnapshotMetadata("p", 10, s_time));
        golden.Snapshot.ShouldBeOfType<byte[]>().ShouldBe([1, 2, 3]);
        var written = before.ToBinary(new SelectedSnapshot(metadata, new byte[] { 4, 5 }));
        var read = (SelectedSnapshot)_serializer.FromBinary(written, typeof(SelectedSnapshot));
        read.Metadata.ShouldBe(metadata);
        read.Snapshot.ShouldBeOfType<byte[]>().ShouldBe([4, 5]);
    }

    [Theory]
    [InlineData("Akka.Persistence.SelectedSnapshot, Akka.Persistence", "ChatAkka.Persistence.Redis.Tests.Trap, ChatAkka.Persistence.Redis.Tests")]
    [InlineData("Akka.Persistence.SnapshotMetadata, Akka.Persistence", "ChatAkka.Persistence.Redis.Tests.Trap, ChatAkka.Persistence.Redis.Tests")]
    [InlineData("System.Byte[], System.Private.CoreLib", "ChatAkka.Persistence.Redis.Tests.Trap, ChatAkka.Persistence.Redis.Tests")]
    [InlineData("System.Byte[], System.Private.CoreLib", "System.Char[], System.Private.CoreLib")]
    public void Should_refuse_JSON_with_a_type_that_is_not_allowed(string allowed, string other)
    {
        Trap.Made = false;
        var error = Should.Throw<FormatException>(
            () => _serializer.FromBinary(Encoding.UTF8.GetBytes(Json.Replace(allowed, other, StringComparison.Ordinal)), typeof(SelectedSnapshot)));
        error.Message.ShouldContain($"the type '{other}'");
        Trap.Made.ShouldBeFalse();
    }

    [Theory]
    [InlineData("\"$type\":\"Akka.Persistence.SelectedSnapshot, Akka.Persistence\",", "")]
    [InlineData("\"Metadata\"", "\"Meta\"")]
    [InlineData("{\"$type\":\"System.Byte[], System.Private.CoreLib\",\"$value\":\"AQID\"}", "\"text\"")]
    [InlineData("AQID", "AQI")]
    [InlineData("2026-01-02", "no date")]
    [InlineData(":10,", ":\"10\",")]
    [InlineData("}}", "}")]
    public void Should_refuse_JSON_that_is_not_as_it_was_written(string part, string other) => Should.Throw<FormatException>(
        () => _serializer.FromBinary(Encoding.UTF8.GetBytes(Json.Replace(part, other, StringComparison.Ordinal)), typeof(SelectedSnapshot)));

    /// <summary>A node of the version before takes a snapshot for JSON. A name of any length may make its first bytes look so: it must never read a
    /// state out of it.</summary>
    [Fact]
    public void Should_be_refused_by_the_version_before_whatever_the_length_of_a_name()
    {
        var before = new NewtonSoftJsonSerializer((ExtendedActorSystem)Sys);
        for (var length = 1; length <= 260; length++)
        {
            var snapshot = new SelectedSnapshot(new SnapshotMetadata("mailbox-" + new string('a', length), length, s_time), new byte[] { 2, 1, 0 });
            Should.Throw<Newtonsoft.Json.JsonException>(() => before.FromBinary(_serializer.ToBinary(snapshot), typeof(SelectedSnapshot)), $"a name of {length}");
        }
    }

    private (int Serializer, string Manifest, string Bytes) Payload(object payload)
    {
        var message = SnapshotMessage.FromBytes(_serializer.ToBinary(new SelectedSnapshot(new SnapshotMetadata("p", 1, s_time), payload)));
        return (message.SerializerId, message.Manifest, Convert.ToHexString(message.Payload));
    }

    protected override void AfterAll() => Shutdown();
}

/// <summary>Says whether somebody could make it come into being by writing its name into a snapshot.</summary>
public sealed class Trap
{
    public Trap() => Made = true;

    public static bool Made { get; set; }
}
