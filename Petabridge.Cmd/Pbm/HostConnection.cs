using System.Net.Sockets;
using ChatAkka.Management.Wire;

namespace ChatAkka.Management.Client;

/// <summary>A connection to a host; one command at a time.</summary>
internal sealed class HostConnection : IDisposable
{
    private static readonly TimeSpan s_connectLimit = TimeSpan.FromSeconds(3);

    /// <summary>A host ends a command without an answer after petabridge.cmd.answer-timeout. If nothing comes for longer than this, the host has a problem.</summary>
    private static readonly TimeSpan s_silenceLimit = TimeSpan.FromSeconds(15);

    /// <summary>A host ends a cancelled command at once. If it does not within this time, it has a problem.</summary>
    private static readonly TimeSpan s_cancelLimit = TimeSpan.FromSeconds(2);

    private readonly string _address;
    private readonly Socket _socket;
    private readonly NetworkStream _stream;
    private long _lastId;

    private HostConnection(string address, Socket socket)
    {
        _address = address;
        _socket = socket;
        _stream = new NetworkStream(socket, ownsSocket: true);
    }

    /// <summary>What the host said about itself.</summary>
    public HostMessage.Welcome Welcome { get; private set; } = null!;

    /// <summary>Connects and says hello.</summary>
    /// <exception cref="NoConnectionException">It cannot be done.</exception>
    public static async Task<HostConnection> ConnectAsync(ClientOptions options)
    {
        using var limit = new CancellationTokenSource(s_connectLimit);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(options.Host, options.Port, limit.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            socket.Dispose();
            throw new NoConnectionException(e is SocketException s
                ? $"no connection to {options.Address}: {s.Message}"
                : $"{options.Address} did not answer within {s_connectLimit.TotalSeconds:0} s");
        }

        var connection = new HostConnection(options.Address, socket);
        try
        {
            connection.Welcome = await connection.GreetAsync(options.Token, limit.Token).ConfigureAwait(false);
            return connection;
        }
        catch (NoConnectionException)
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Runs a command and shows what it answers.</summary>
    /// <param name="palette">Name of the palette.</param>
    /// <param name="command">The command.</param>
    /// <param name="arguments">What was typed behind it.</param>
    /// <param name="printer">Shows the answers.</param>
    /// <param name="stop">Cancels the command.</param>
    /// <returns>The exit code.</returns>
    /// <exception cref="NoConnectionException">The host went away.</exception>
    public async Task<int> RunAsync(string palette, CommandInfo command, IReadOnlyList<string> arguments, Printer printer, CancellationToken stop)
    {
        var id = ++_lastId;
        using var giveUp = new CancellationTokenSource();
        try
        {
            await SendAsync(new ClientMessage.Run(id, palette, command.Name, arguments)).ConfigureAwait(false);
            await using var cancelling = stop.Register(() =>
            {
                _ = CancelAsync(id);
                giveUp.CancelAfter(s_cancelLimit);
            });
            while (true)
            {
                if (!command.Streams && !stop.IsCancellationRequested)
                    giveUp.CancelAfter(s_silenceLimit);
                if (Show(await Frames.ReadHostAsync(_stream, giveUp.Token).ConfigureAwait(false), id, printer) is { } code)
                    return code;
            }
        }
        catch (OperationCanceledException)
        {
            printer.End();
            throw new NoConnectionException($"{_address} does not answer any more");
        }
        catch (Exception e) when (e is SocketException or FrameException || (e is IOException && e.InnerException is SocketException))
        {
            printer.End();
            throw new NoConnectionException($"{_address} closed the connection before it answered");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _stream.Dispose();

    /// <summary>Shows one message of the host. Gives the exit code if it was the last one of the command, otherwise null.</summary>
    private int? Show(HostMessage? message, long id, Printer printer)
    {
        switch (message)
        {
            case HostMessage.Table m when m.Id == id:
                printer.Begin(m.Columns, m.Piped);
                break;
            case HostMessage.Rows m when m.Id == id:
                printer.Add(m.Cells);
                break;
            case HostMessage.Text m when m.Id == id:
                printer.Text(m.Line);
                break;
            case HostMessage.Warning m when m.Id == id:
                printer.Warning(m.Line);
                break;
            case HostMessage.End m when m.Id == id:
                printer.End();
                if (m.Error is not null)
                    printer.Error(m.Error);
                return m.Code;
            case HostMessage.Refused m:
                printer.End();
                throw new NoConnectionException($"{_address} ended the connection: {m.Reason}");
            case null:
                printer.End();
                throw new NoConnectionException($"{_address} closed the connection before it answered");
        }

        return null;
    }

    private async Task<HostMessage.Welcome> GreetAsync(string? token, CancellationToken stop)
    {
        try
        {
            await SendAsync(new ClientMessage.Hello([Frames.Version], token)).ConfigureAwait(false);
            return await Frames.ReadHostAsync(_stream, stop).ConfigureAwait(false) switch
            {
                HostMessage.Welcome welcome => CleanText.Of(welcome),
                HostMessage.Refused refused => throw new NoConnectionException($"{_address} refused: {refused.Reason}"),
                null => throw new NoConnectionException($"{_address} closed the connection: is that a pbm port?"),
                _ => throw new NoConnectionException($"{_address} is not a pbm port: it uses another protocol"),
            };
        }
        catch (FrameException)
        {
            throw new NoConnectionException($"{_address} is not a pbm port: it uses another protocol");
        }
        catch (OperationCanceledException)
        {
            throw new NoConnectionException($"{_address} accepts connections but does not answer: is that a pbm port?");
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            throw new NoConnectionException($"{_address} closed the connection: is that a pbm port?");
        }
    }

    private async Task SendAsync(ClientMessage message) => await _stream.WriteAsync(Frames.Of(message)).ConfigureAwait(false);

    private async Task CancelAsync(long id)
    {
        try
        {
            await SendAsync(new ClientMessage.Cancel(id)).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException)
        {
            // The task that reads notices it.
        }
    }
}
