using System.CommandLine;
using ChatAkka.Chaos;
using ChatAkka.Chaos.Lab;

var defaults = new ChaosOptions();
var seed = new Option<int>("--seed") { Description = "decides which faults come, on whom and when", DefaultValueFactory = _ => defaults.Seed };
var rounds = new Option<int>("--rounds") { Description = "how many faults, drawn by the seed; 0: each chosen fault once, in a short form; of all, without those that another one covers" };
var minutes = new Option<double>("--minutes") { Description = "no round begins after this long", DefaultValueFactory = _ => defaults.Length.TotalMinutes };
var faults = new Option<string>("--faults") { Description = "the faults to choose from, with commas; default: all", DefaultValueFactory = _ => "" };
var rate = new Option<int>("--rate") { Description = "chats a second over all users", DefaultValueFactory = _ => defaults.Rate };
var users = new Option<int>("--users") { Description = "users", DefaultValueFactory = _ => defaults.Users };
var nodes = new Option<int>("--nodes") { Description = "nodes", DefaultValueFactory = _ => defaults.Nodes };
var relays = new Option<int>("--relays") { Description = "relays; all but one stand by", DefaultValueFactory = _ => defaults.Relays };
var cap = new Option<int>("--cap") { Description = "the most clients of a node", DefaultValueFactory = _ => defaults.Cap };
var network = new Option<string>("--network") { Description = "namespaces, loopback, or auto", DefaultValueFactory = _ => "auto" };
var patience = new Option<double>("--patience") { Description = "so many times the time bounds, for a busy machine", DefaultValueFactory = _ => defaults.Patience };
var until = new Option<string?>("--until") { Description = "end after the first round that breaks this rule, as the report calls it; any: whichever rule" };
var logs = new Option<string>("--logs") { Description = "where logs and histories of failed rounds go", DefaultValueFactory = _ => defaults.Logs };
var sabotage = new Option<string>("--sabotage") { Description = "protections that the servers leave out (they are those of test/Sabotage then): no-tombstone, no-compare, no-resend", DefaultValueFactory = _ => "" };
var verbose = new Option<bool>("--verbose") { Description = "say each step" };
var soak = new Option<bool>("--soak") { Description = "one fault a minute, 2,000 chats/s, and users with new names; tells how memory, handles, threads and the data in Redis change" };
var visitors = new Option<int>("--visitors") { Description = "in a soak: logins a second with names that never come again", DefaultValueFactory = _ => defaults.Visitors };
var inside = new Option<string?>("--inside") { Hidden = true };
var command = new RootCommand("Kills and cuts off the servers of a running ChatAkka, and checks that every promise is kept.")
{
    seed, rounds, minutes, faults, rate, users, nodes, relays, cap, network, patience, until, logs, sabotage, verbose, soak, visitors, inside,
};
command.SetAction(async (parsed, stop) =>
{
    var options = new ChaosOptions
    {
        Seed = parsed.GetValue(seed),
        Rounds = parsed.GetValue(rounds),
        Length = TimeSpan.FromMinutes(parsed.GetValue(minutes)),
        Faults = parsed.GetValue(faults)!.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries),
        Rate = parsed.GetValue(rate),
        Users = parsed.GetValue(users),
        Nodes = parsed.GetValue(nodes),
        Relays = parsed.GetValue(relays),
        Cap = parsed.GetValue(cap),
        Patience = parsed.GetValue(patience),
        Until = parsed.GetValue(until),
        Logs = parsed.GetValue(logs)!,
        Sabotage = parsed.GetValue(sabotage)!,
        Verbose = parsed.GetValue(verbose),
        Visitors = parsed.GetValue(visitors),
    };
    if (parsed.GetValue(soak))
        options = options.ForSoak(hasRate: parsed.GetResult(rate) is { Implicit: false });
    if (parsed.GetValue(inside) is { } prefix)
    {
        var wires = new NamespaceNetwork(prefix, options.Hosts);
        await wires.PlugInAsync();
        return await RunAsync(options, wires, stop);
    }

    var wanted = parsed.GetValue(network);
    var problem = wanted == "loopback" ? "loopback was asked for" : await NamespaceLab.ProblemAsync();
    if (problem is null)
        return await NamespaceLab.RunInsideAsync(options.Hosts, args);
    if (wanted == "namespaces")
    {
        await Console.Error.WriteLineAsync($"no network namespaces here: {problem}");
        return 2;
    }

    await Console.Out.WriteLineAsync($"no network namespaces: {problem}");
    return await RunAsync(options, new LoopbackNetwork(options.Hosts), stop);
});
return await command.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(60) });

static async Task<int> RunAsync(ChaosOptions options, INetwork network, CancellationToken stop)
{
    try
    {
        return await new ChaosRun(options, network, Console.Out).RunAsync(stop) == 0 ? 0 : 1;
    }
    catch (ArgumentException e)
    {
        await Console.Error.WriteLineAsync(e.Message);
        return 2;
    }
}
