using System.Text;
using ChatAkka.TestSupport;

namespace ChatAkka.Node.Tests.Transport;

/// <summary>A client that sends and reads lines, over any transport.</summary>
internal sealed class LineClient(ITransportClient connection) : IDisposable
{
    private readonly byte[] _read = new byte[4096];
    private readonly StringBuilder _text = new();

    /// <summary>Sends one line.</summary>
    public Task SendAsync(string line) => SendRawAsync(line + "\n");

    /// <summary>Sends text as it is.</summary>
    public Task SendRawAsync(string text) => connection.SendAsync(Encoding.UTF8.GetBytes(text)).WaitAsync(Eventually.Limit);

    /// <summary>Reads the next line, without its LF.</summary>
    /// <exception cref="EndOfStreamException">The server closed.</exception>
    public async Task<string> LineAsync()
    {
        while (true)
        {
            var text = _text.ToString();
            var end = text.IndexOf('\n', StringComparison.Ordinal);
            if (end >= 0)
            {
                _text.Remove(0, end + 1);
                return text[..end];
            }

            if (await FillAsync() == 0)
                throw new EndOfStreamException("the server closed the connection");
        }
    }

    /// <summary>True if the server closes without another line.</summary>
    public async Task<bool> IsClosedAsync()
    {
        try
        {
            return _text.Length == 0 && await FillAsync() == 0;
        }
        catch (IOException)
        {
            return true;
        }
    }

    /// <summary>True if the server takes nothing more from this client: it did not wait for the client to close.</summary>
    public async Task<bool> IsResetAsync()
    {
        try
        {
            await SendRawAsync("x");
            return false;
        }
        catch (IOException)
        {
            return true;
        }
    }

    public void Dispose() => connection.Dispose();

    private async Task<int> FillAsync()
    {
        var count = await connection.ReadAsync(_read).WaitAsync(Eventually.Limit);
        _text.Append(Encoding.UTF8.GetString(_read, 0, count));
        return count;
    }
}
