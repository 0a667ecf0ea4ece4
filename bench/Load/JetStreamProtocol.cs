using System.Net.Sockets;
using System.Text;
using ChatAkka.Protocol.Client;

namespace ChatAkka.Load;

/// <summary>JetStream with a stream of its own for each run, stored in files and not replicated. It is deleted after the run.</summary>
/// <param name="run">What no other run is called.</param>
internal sealed class JetStreamProtocol(string run) : IProtocol
{
    /// <summary>How long a cluster may take to elect who creates streams.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    /// <summary>The pause between two attempts to create the stream.</summary>
    private static readonly TimeSpan s_retry = TimeSpan.FromMilliseconds(200);

    /// <summary>How long a request may take.</summary>
    private static readonly TimeSpan s_request = TimeSpan.FromSeconds(10);

    private readonly string _stream = $"load_{run}";

    public IWire NewWire() => new JetStreamWire(_stream);

    public async Task PrepareAsync(string address, CancellationToken stop)
    {
        var body = $$"""{"name":"{{_stream}}","subjects":["{{_stream}}.>"],"storage":"file","retention":"limits","num_replicas":1}""";
        for (var end = DateTime.UtcNow + s_patience; ; await Task.Delay(s_retry, stop))
        {
            var answer = await RequestAsync(address, $"$JS.API.STREAM.CREATE.{_stream}", body);
            if (!answer.Contains("\"error\":", StringComparison.Ordinal))
                return;
            if (DateTime.UtcNow > end)
                throw new IOException($"the stream was not created: {answer}");
        }
    }

    public async Task CleanUpAsync(string address) => await RequestAsync(address, $"$JS.API.STREAM.DELETE.{_stream}", "");

    /// <summary>Sends one request on a connection of its own, and gives the body of the answer.</summary>
    private async Task<string> RequestAsync(string address, string subject, string body)
    {
        using var patience = new CancellationTokenSource(s_request);
        using var client = new TcpClient();
        try
        {
            var (host, port) = LoadClient.Split(address);
            await client.ConnectAsync(host, port, patience.Token);
            var request = new Utf8Buffer();
            request.Append("CONNECT {\"verbose\":false,\"pedantic\":false}\r\nSUB _INBOX."u8).Append(_stream).Append(" 1\r\n"u8);
            JetStreamWire.Publish(request, $"{subject} _INBOX.{_stream}", body);
            var (bytes, count) = request.Detach();
            await client.GetStream().WriteAsync(bytes.AsMemory(0, count), patience.Token);
            using var reader = new StreamReader(client.GetStream(), Encoding.UTF8);
            while (await reader.ReadLineAsync(patience.Token) is { } line)
            {
                if (line.StartsWith('{'))
                    return line;
            }

            throw new IOException($"{address} closed the connection of a request to {subject}");
        }
        catch (OperationCanceledException)
        {
            return $"{{\"error\":\"no answer to {subject}; is JetStream enabled at {address}?\"}}";
        }
    }
}
