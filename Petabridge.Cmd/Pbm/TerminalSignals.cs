using System.Runtime.InteropServices;

namespace ChatAkka.Management.Client;

/// <summary>Gives the terminal back as it was when a signal ends the program while keys are read one by one, so that it shows again what is typed.</summary>
/// <remarks>The runtime does that at a regular end and at SIGINT alone.</remarks>
internal static class TerminalSignals
{
    /// <summary>The exit code of a program that a signal ended is the number of the signal and this.</summary>
    private const int Signalled = 128;

    private static readonly (PosixSignal Signal, int Number)[] s_ends = [(PosixSignal.SIGHUP, 1), (PosixSignal.SIGQUIT, 3), (PosixSignal.SIGTERM, 15)];
    private static List<PosixSignalRegistration>? s_watched;

    /// <summary>Watches the signals from now on. Call it before the terminal is changed.</summary>
    public static void Watch() => s_watched ??=
    [
        .. s_ends.Select(end => PosixSignalRegistration.Create(end.Signal, signal =>
        {
            signal.Cancel = true;
            Environment.Exit(Signalled + end.Number);
        })),
    ];
}
