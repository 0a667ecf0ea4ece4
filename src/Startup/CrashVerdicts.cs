using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Akka.Event;

namespace ChatAkka.Startup;

/// <summary>The addresses of members whose process has ended, as the crash probe found out. The failure detectors of Akka.Cluster read it.</summary>
/// <remarks>A verdict ends in two ways. If the member is removed, <see cref="Forget"/> ends it, because its address may soon have a new process.
/// If something comes from the address, <see cref="Refute"/> ends it. All methods can be called by any thread.</remarks>
internal sealed class CrashVerdicts
{
    private static readonly ConditionalWeakTable<EventStream, CrashVerdicts> s_all = [];
    private readonly ConcurrentDictionary<string, bool> _ended = [];

    /// <summary>The verdicts of the actor system that has this event stream. Akka gives a failure detector nothing else of its system.</summary>
    public static CrashVerdicts Of(EventStream stream) => s_all.GetValue(stream, _ => new CrashVerdicts());

    /// <summary>True if the process at this address has ended.</summary>
    /// <param name="address">An address as Akka writes it: <c>akka.tcp://SYSTEM@HOST:PORT</c>.</param>
    public bool IsEnded(string address) => _ended.ContainsKey(address);

    /// <summary>Notes that the process at this address has ended.</summary>
    public void Declare(string address) => _ended[address] = true;

    /// <summary>Ends the verdict, because something came from the address; false if there was none.</summary>
    public bool Refute(string address) => _ended.TryRemove(address, out _);

    /// <summary>Ends the verdict, because the member was removed.</summary>
    public void Forget(string address) => _ended.TryRemove(address, out _);
}
