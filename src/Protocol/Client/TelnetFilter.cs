namespace ChatAkka.Protocol.Client;

/// <summary>Takes telnet option bytes out of a stream, so that a telnet client's negotiation is no part of a line, and refuses every
/// option that it asks for.</summary>
/// <remarks>
/// Pure; keeps its state from one read to the next, so a sequence may be cut anywhere. RFC 854 and RFC 855:
/// <code>
/// Data --IAC--> Command --WILL/WONT/DO/DONT--> Option --any--> Data
///                  |-----SB--> Sub --IAC--> SubCommand --SE--> Data
///                  |-----IAC--> Data (one byte 255)            |--other--> Sub
///                  '-----other--> Data
/// </code>
/// DO is answered with WONT and WILL with DONT, each once: all options are off and stay off. A client that waits for the answer to a timing
/// mark before it shows anything more (RFC 860; Ctrl-C in telnet asks for one) goes on with that. WONT and DONT are never answered, so no
/// answer can be answered in turn. An answer is as long as what it answers.
/// A subnegotiation that passes <see cref="MaxSubnegotiation"/> bytes is taken as ended: else one stray byte would swallow
/// everything that the client says from then on.
/// </remarks>
public sealed class TelnetFilter
{
    /// <summary>"Interpret as command", RFC 854; never part of valid UTF-8.</summary>
    public const byte Iac = 255;

    /// <summary>The most bytes of one subnegotiation; longest in use are terminal names, below 100.</summary>
    public const int MaxSubnegotiation = 1024;

    private const byte SubBegin = 250;
    private const byte SubEnd = 240;
    private const byte Will = 251;
    private const byte Wont = 252;
    private const byte Do = 253;
    private const byte Dont = 254;

    private State _state;
    private byte _verb;
    private int _sub;

    private enum State
    {
        Data,
        Command,
        Option,
        Sub,
        SubCommand,
    }

    /// <summary>True where <paramref name="bytes"/> can be used as they are: no telnet byte is in them or pending.</summary>
    public bool IsPlain(ReadOnlySpan<byte> bytes) => _state == State.Data && !bytes.Contains(Iac);

    /// <summary>Copies what is data from <paramref name="bytes"/> to <paramref name="data"/>; gives the count.</summary>
    /// <param name="bytes">What was read.</param>
    /// <param name="data">Space for at least as many bytes.</param>
    /// <param name="answers">What the client is to be sent is appended here.</param>
    public int Filter(ReadOnlySpan<byte> bytes, Span<byte> data, Utf8Buffer answers)
    {
        var count = 0;
        foreach (var b in bytes)
        {
            switch (_state)
            {
                case State.Data when b == Iac:
                    _state = State.Command;
                    break;
                case State.Data:
                    data[count++] = b;
                    break;
                case State.Command when b == Iac:
                    data[count++] = b;
                    _state = State.Data;
                    break;
                case State.Command:
                    _sub = 0;
                    _verb = b;
                    _state = b == SubBegin ? State.Sub : b is >= Will and <= Dont ? State.Option : State.Data;
                    break;
                case State.Option:
                    if (_verb is Do or Will)
                        answers.Append([Iac, _verb == Do ? Wont : Dont, b]);
                    _state = State.Data;
                    break;
                case State.Sub when ++_sub > MaxSubnegotiation:
                    _state = State.Data;
                    break;
                case State.Sub:
                    _state = b == Iac ? State.SubCommand : State.Sub;
                    break;
                case State.SubCommand:
                    _state = b == SubEnd ? State.Data : State.Sub;
                    break;
            }
        }

        return count;
    }
}
