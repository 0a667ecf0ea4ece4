using Akka.Streams;
using Akka.Streams.Dsl;
using ChatAkka.Node.Transport;

namespace ChatAkka.Node.Tests.Transport;

/// <summary>The server's end of a connection, in the hands of a test: it reads and writes only when the test says so.</summary>
internal sealed class ServerEnd(PullSink<ReadOnlyMemory<byte>>.Puller input, PushSource<ReadOnlyMemory<byte>>.Pusher output)
{
    /// <summary>Completes when the client sends nothing more; fails if the connection was reset.</summary>
    public Task InputEnded => input.Ended;

    /// <summary>Completes when nothing can be written any more.</summary>
    public Task OutputEnded => output.Cancelled;

    /// <summary>Takes over an accepted connection.</summary>
    public static ServerEnd Of(IClientTransport.Incoming incoming, IMaterializer materializer)
    {
        var (input, output) = incoming.Flow
            .JoinMaterialized(
                Flow.FromSinkAndSource(
                    new PullSink<ReadOnlyMemory<byte>>(), Source.FromGraph(new PushSource<ReadOnlyMemory<byte>>()), Keep.Both),
                Keep.Right)
            .Run(materializer);
        return new ServerEnd(input, output);
    }

    /// <summary>Reads once; empty at the end of the input. The memory is valid until the next read.</summary>
    public async Task<ReadOnlyMemory<byte>> ReadAsync() => (await input.NextAsync()).Element;

    /// <summary>Writes; completes when the transport does not need the memory any more.</summary>
    public Task WriteAsync(ReadOnlyMemory<byte> bytes) => output.PushAsync(bytes);

    /// <summary>Writes nothing more.</summary>
    public Task CompleteOutputAsync() => output.CompleteAsync();

    /// <summary>Reads nothing more.</summary>
    public Task CancelInputAsync() => input.CancelAsync();

    /// <summary>Gives the connection up.</summary>
    public Task AbortAsync() => output.FailAsync(new IOException("aborted"));
}
