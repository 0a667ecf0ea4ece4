using System.Buffers.Binary;
using System.Text.Json;
using StackExchange.Redis;

namespace ChatAkka.Cluster.Tests;

/// <summary>What a node of a version with a mailbox for each user wrote. Former/README.md says how it was made.</summary>
internal sealed class FormerData
{
    private readonly JsonElement _file;

    private FormerData(JsonElement file) => _file = file;

    /// <summary>The users that got messages, with those that wait, lowest number first.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<Message>> Waiting => _file.GetProperty("waiting").EnumerateObject().ToDictionary(
        u => u.Name,
        u => (IReadOnlyList<Message>)[.. u.Value.EnumerateArray().Select(m => new Message(m[0].GetInt64(), m[1].GetString()!, m[2].GetRawText(), m[3].GetString()!))]);

    /// <summary>All chats with an id that were ever stored.</summary>
    public IReadOnlyList<(string Recipient, string Sender, string Id, string Content)> Stored =>
        [.. _file.GetProperty("stored").EnumerateObject().SelectMany(u => u.Value.EnumerateArray().Select(c => (u.Name, c[0].GetString()!, c[1].GetRawText(), c[2].GetString()!)))];

    /// <summary>The keys of the former mailboxes.</summary>
    public IReadOnlyList<string> MailboxKeys =>
        [.. _file.GetProperty("keys").EnumerateArray().Select(k => k.GetProperty("key").GetString()!).Where(k => k.Contains(":mailbox-", StringComparison.Ordinal))];

    /// <summary>Reads a file of the folder Former.</summary>
    public static FormerData Load(string name)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Former", name)));
        return new FormerData(document.RootElement.Clone());
    }

    /// <summary>Writes everything into a store, as if it had been written some time ago.</summary>
    public async Task PutAsync(IDatabase store, TimeSpan age)
    {
        var end = _file.GetProperty("end").GetInt64();
        var shift = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() - (long)age.TotalMilliseconds - end;
        foreach (var entry in _file.GetProperty("keys").EnumerateArray())
        {
            var (key, value) = (entry.GetProperty("key").GetString()!, entry.GetProperty("value"));
            switch (entry.GetProperty("type").GetString())
            {
                case "string":
                    await store.StringSetAsync(key, Moved(value, shift));
                    break;
                case "zset":
                    await store.SortedSetAddAsync(key, [.. value.EnumerateArray().Select(m => new SortedSetEntry(Moved(m[0], shift), double.Parse(m[1].GetString()!, System.Globalization.CultureInfo.InvariantCulture)))]);
                    break;
                case "hash":
                    await store.HashSetAsync(key, [.. value.EnumerateArray().Select(f => new HashEntry(Moved(f[0], shift), Moved(f[1], shift)))]);
                    break;
                case "set":
                    await store.SetAddAsync(key, [.. value.EnumerateArray().Select(m => (RedisValue)Moved(m, shift))]);
                    break;
                case "list":
                    await store.ListRightPushAsync(key, [.. value.EnumerateArray().Select(m => (RedisValue)Moved(m, shift))]);
                    break;
                case var type:
                    throw new InvalidDataException($"{key} is a {type}");
            }
        }
    }

    /// <summary>The bytes of a value, with all times in it moved.</summary>
    private byte[] Moved(JsonElement value, long shift)
    {
        var (begin, end) = (_file.GetProperty("begin").GetInt64(), _file.GetProperty("end").GetInt64());
        var bytes = value.GetBytesFromBase64();
        for (var at = 0; at + 8 <= bytes.Length; at++)
        {
            var time = BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(at));
            if (time < begin || time > end)
                continue;
            BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(at), time + shift);
            at += 7;
        }

        return bytes;
    }

    /// <summary>A message that waits.</summary>
    /// <param name="Number">Its number in the mailbox.</param>
    /// <param name="Sender">Who sent it.</param>
    /// <param name="Id">Its id as JSON; <c>null</c> if the client gave it none.</param>
    /// <param name="Content">Its text.</param>
    public sealed record Message(long Number, string Sender, string Id, string Content);
}
