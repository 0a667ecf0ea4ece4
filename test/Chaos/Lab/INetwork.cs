namespace ChatAkka.Chaos.Lab;

/// <summary>The hosts that the processes of a run live on, and what can be done to the wires between them.</summary>
internal interface INetwork
{
    /// <summary>What it is made of, for the report.</summary>
    string Kind { get; }

    /// <summary>True where wires can be cut; on loopback they cannot.</summary>
    bool HasWires { get; }

    /// <summary>The address of a host.</summary>
    string AddressOf(string host);

    /// <summary>Gives the command that runs a program on a host.</summary>
    (string File, IReadOnlyList<string> Arguments) OnHost(string host, string file, IReadOnlyList<string> arguments);

    /// <summary>Drops everything that goes from one host to another, for each pair.</summary>
    Task DropAsync(IEnumerable<(string From, string To)> pairs);

    /// <summary>Drops everything to and from a host.</summary>
    Task IsolateAsync(string host);

    /// <summary>Drops so many of a hundred packets, wherever they go.</summary>
    Task LoseAsync(int percent);

    /// <summary>Makes every packet of the hosts behind the slow wire late.</summary>
    Task DelayAsync(TimeSpan delay, TimeSpan jitter);

    /// <summary>The host whose wire can be made slow.</summary>
    string SlowHost { get; }

    /// <summary>Resets the established connections of a host to the others' cluster ports.</summary>
    Task ResetAsync(string host);

    /// <summary>Makes everything as it was.</summary>
    Task HealAsync();
}
