using ChatAkka.Node.Mailboxes;
using ChatAkka.Persistence.Redis;
using ChatAkka.Protocol;
using ChatAkka.Sessions;
using CsCheck;
using StackExchange.Redis;

namespace ChatAkka.Node.Tests;

/// <summary>Every key in Redis, of the registry and of mailboxes, whatever users call themselves.</summary>
public class KeySpecs
{
    private static readonly string[] s_pieces =
    [
        "a", "bob", ":", "::", "%", "%3A", "%25", "3A", "{", "}", "}.", "{__", "highestSequenceNr", ":highestSequenceNr", "mailbox-", "chat:", "journal:persisted:",
        "snapshot:", "session:", "waiting:", "events:", "node:", "nodes", "tombstone:", "relay:term", "cluster", "*", "?", "[", "]", "\\", "/", "$", "#1", "h:1#1", ".", "\"", "'",
        "\u00E9", "\u5C7C",
    ];

    private static readonly Gen<string> s_texts = Gen.Int[0, s_pieces.Length - 1].Array[1, 3].Select(p => string.Concat(p.Select(i => s_pieces[i])));

    /// <summary>Made of what keys are made of.</summary>
    private static readonly Gen<UserName> s_names = s_texts.Where(t => UserName.TryCreate(t) is not null).Select(t => UserName.TryCreate(t)!);

    [Fact]
    public void Should_never_have_one_key_for_two_users_or_for_two_things() =>
        Gen.Select(s_texts, s_texts, Gen.Int[0, 2], Gen.Bool).Sample((first, second, prefix, isCluster) =>
        {
            // One name is part of another, or another as it stands in a key: so keys that are put together can meet.
            string[] texts = [first, second, first + second];
            var names = texts.Concat(texts.Select(t => t.Replace(":", "%3A", StringComparison.Ordinal))).Select(UserName.TryCreate).OfType<UserName>().Distinct();
            var start = new[] { "chat:", "", "{x}" }[prefix];
            names.SelectMany(n => AllOf(n, start, isCluster)).Concat(Others(start)).ShouldBeUnique();
        });

    [Fact]
    public void Should_have_a_slot_for_each_partition_and_all_its_keys_in_it() => Gen.Int[0, 999].Sample(partition =>
        LogKeys(partition, "chat:", isCluster: true).Select(k => HashTag(k)).ShouldAllBe(tag => tag == "__" + Partitions.PersistenceIdOf(partition)));

    [Fact]
    public void Should_keep_the_keys_of_partitions() =>
        LogKeys(7, "chat:", isCluster: false).ShouldBe(
        [
            "chat:journal:persisted:mailboxes-7",
            "chat:journal:persisted:mailboxes-7:highestSequenceNr",
            "chat:snapshot:mailboxes-7",
        ]);

    private static IEnumerable<string> AllOf(UserName user, string prefix, bool isCluster)
    {
        var keys = new RedisKeys(prefix);
        return new[] { keys.Session(user), keys.Waiting(user), keys.Events(user) }.Select(k => k.ToString());
    }

    private static IEnumerable<string> LogKeys(int partition, string prefix, bool isCluster)
    {
        var keys = new PersistenceKeys(prefix, isCluster);
        var id = Partitions.PersistenceIdOf(partition);
        return new[] { keys.Events(id), keys.Highest(id), keys.Snapshots(id) }.Select(k => k.ToString());
    }

    private static IEnumerable<string> Others(string prefix)
    {
        var keys = new RedisKeys(prefix);
        var node = new NodeId("h", 1, 1);
        return new[] { keys.Nodes, keys.RelayTerm, keys.Cluster, keys.Node(node), keys.Tombstone(node) }.Select(k => k.ToString());
    }

    /// <summary>What Redis Cluster chooses the slot by: the text between the first brace and the first one that closes, unless that is empty.</summary>
    private static string HashTag(string key)
    {
        var open = key.IndexOf('{');
        var close = open < 0 ? -1 : key.IndexOf('}', open);
        return close > open + 1 ? key[(open + 1)..close] : key;
    }
}
