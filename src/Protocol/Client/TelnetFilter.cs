namespace ChatAkka.Protocol.Client;

/// <summary>Removes telnet options from a stream, so that they do not become part of a line, and refuses every option that the client
/// requests.</summary>
/// <remarks>
/// Pure; it keeps its state between reads, so a sequence may be split at any byte. RFC 854 and RFC 855:
/// <code>
/// Data --IAC--> Command --WILL/WONT/DO/DONT--> Option --any--> Data
///                  |-----SB--> Sub --IAC--> SubCommand --SE--> Data
///                  |-----IAC--> Data (one byte 255)            |--other--> Sub
///                  '-----other--> Data
/// </code>
/// Each DO is answered with WONT and each WILL with DONT: all options are off and stay off. A client may wait for the answer to a timing
/// mark before it shows more output (RFC 860; Ctrl-C in telnet requests one). This answer lets it continue. WONT and DONT are never answered, so
/// an answer cannot cause another answer. An answer is as long as its request.
/// A subnegotiation that is longer than <see cref="MaxSubnegotiation"/> bytes counts as ended. Otherwise one wrong byte would make the filter
/// drop all further input.
/// </remarks>
/// <param name="offersEcho">True if the server switches the client's echo off while a password is typed. Then it answers no <c>DO ECHO</c>: it is the client's answer to the
/// server's own <c>WILL ECHO</c>, and <c>WONT</c> would switch the echo on again.</param>
public sealed class TelnetFilter(bool offersEcho = false)
{
    private const byte Echo = 1;

    /// <summary>"Interpret as command", RFC 854; never part of valid UTF-8.</summary>
    public const byte Iac = 255;

    /// <summary>The maximum length of a subnegotiation, in bytes. The longest in use are terminal names, below 100 bytes.</summary>
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

    /// <summary>True if <paramref name="bytes"/> need no filter: they contain no telnet option, and none is unfinished.</summary>
    public bool IsPlain(ReadOnlySpan<byte> bytes) => _state == State.Data && !bytes.Contains(Iac);

    /// <summary>Copies the data from <paramref name="bytes"/> to <paramref name="data"/> without telnet options. Gives the number of bytes copied.</summary>
    /// <param name="bytes">The bytes that were read.</param>
    /// <param name="data">Space for at least as many bytes.</param>
    /// <param name="answers">Answers for the client are appended here.</param>
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
                    if (_verb is Do or Will && !(offersEcho && _verb == Do && b == Echo))
                        answers.Append([Iac, _verb == Do ? Wont : Dont, b]);
                    _state = State.Data;
                    break;
                case State.Sub:
                    _state = ++_sub > MaxSubnegotiation ? State.Data : b == Iac ? State.SubCommand : State.Sub;
                    break;
                case State.SubCommand:
                    _state = b == SubEnd ? State.Data : State.Sub;
                    break;
            }
        }

        return count;
    }
}
