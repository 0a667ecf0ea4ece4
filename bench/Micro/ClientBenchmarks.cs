using BenchmarkDotNet.Attributes;
using ChatAkka.Protocol.Client;

namespace ChatAkka.Micro;

/// <summary>What a node does with each line of a client.</summary>
[MemoryDiagnoser]
public class ClientBenchmarks
{
    private const int Lines = 16;

    private readonly LineFramer _framer = new(64 * 1024);
    private readonly LineBatch _batch = new();
    private readonly Utf8Buffer _telnetAnswers = new();
    private readonly CommandParser _parser = new();
    private readonly DeliveryWriter _writer = new(DeliveryTemplate.TryParse(DeliveryTemplate.Seed)!);
    private readonly Utf8Buffer _buffer = new();
    private byte[] _read = [];

    [GlobalSetup]
    public void SetUp() => _read = [.. Enumerable.Repeat(Samples.JsonLine.Append((byte)'\n'), Lines).SelectMany(line => line)];

    [Benchmark(Description = "framing, a line", OperationsPerInvoke = Lines)]
    public int Frame()
    {
        _batch.Clear();
        _framer.Feed(_read, _batch, _telnetAnswers);
        return _batch.Count;
    }

    [Benchmark(Description = "parsing, JSON")]
    public bool ParseJson() => _parser.Parse(Samples.JsonLine).IsJson;

    [Benchmark(Description = "parsing, typed")]
    public bool ParseTyped() => _parser.Parse(Samples.TypedLine).IsJson;

    [Benchmark(Description = "delivery, text")]
    public int WriteText() => Write(DeliveryFormat.Text);

    [Benchmark(Description = "delivery, JSON")]
    public int WriteJson() => Write(DeliveryFormat.Json);

    private int Write(DeliveryFormat format)
    {
        _buffer.Truncate(0);
        _writer.Write(_buffer, format, Samples.Chat, 1);
        return _buffer.Length;
    }
}
