using System.CommandLine;
using System.Net;
using ChatAkka.Load;
using ChatAkka.Load.Abuse;

var defaults = new LoadOptions();
var nodes = new Option<string>("--nodes") { Description = "where clients connect, HOST:PORT with commas", DefaultValueFactory = _ => defaults.Nodes[0] };
var protocol = new Option<string>("--protocol") { Description = "chatakka, or to compare: nats (a nats-server), jetstream (one with JetStream, for the patterns acks, away and backlog)", DefaultValueFactory = _ => defaults.Protocol }.AcceptOnlyFromAmong("chatakka", "nats", "jetstream");
var users = new Option<int?>("--users") { Description = "users who log in: pairs (default 200), senders of the pattern away (100), readers of a backlog (500)" };
var mode = new Option<LoadMode>("--mode") { Description = "closed: each sender keeps --window in flight; open: --rate a second; idle: nobody sends" };
var pattern = new Option<LoadPattern>("--pattern") { Description = "pairs on different nodes (cross), on one (local), or half and half (mixed). acks: pairs on different nodes; a chat has an id and is in flight until its recipient acknowledged it. away: recipients are offline; a chat is in flight until its receipt stored. backlog: messages wait for users; how long until all have logged in and read all" };
var window = new Option<int>("--window") { Description = "chats in flight of each sender", DefaultValueFactory = _ => defaults.Window };
var rate = new Option<int>("--rate") { Description = "chats a second over all senders", DefaultValueFactory = _ => defaults.Rate };
var receipts = new Option<bool>("--receipts") { Description = "give each chat an id and go on with its receipt" };
var acks = new Option<bool>("--ack") { Description = "recipients acknowledge: chats go through their mailboxes, receipts are stored" };
var recipients = new Option<int>("--recipients") { Description = "to how many offline users a sender sends at a time; their names are new in each run, and change after 240 chats", DefaultValueFactory = _ => defaults.Recipients };
var waiting = new Option<int>("--waiting") { Description = "how many messages wait for each user of a backlog", DefaultValueFactory = _ => defaults.Waiting };
var readBack = new Option<bool>("--read-back") { Description = "afterwards log in as the recipients. away: all that was stored must come, and is gone then; acks: nothing may come" };
var size = new Option<int>("--size") { Description = "bytes of a chat's content", DefaultValueFactory = _ => defaults.Size };
var seconds = new Option<double>("--seconds") { Description = "how long to measure", DefaultValueFactory = _ => defaults.Length.TotalSeconds };
var warmUp = new Option<double>("--warm-up") { Description = "seconds before that; 0 measures from the first chat. In a backlog: the pause before the logins", DefaultValueFactory = _ => defaults.WarmUp.TotalSeconds };
var processes = new Option<string>("--pids") { Description = "server processes whose CPU time and memory are reported, with commas", DefaultValueFactory = _ => "" };
var logins = new Option<int>("--logins-at-once") { Description = "how many log in at a time", DefaultValueFactory = _ => defaults.LoginsAtOnce };
var json = new Option<string?>("--json") { Description = "write the figures to this file" };
var svg = new Option<string?>("--svg") { Description = "draw the latencies into this file" };
var abuse = new Option<AbuseKind?>("--abuse") { Description = "measure the load without and with one abusive client beside it, in turns: flood, garbage, half-lines, logins, connects, one-recipient, many-names", CustomParser = r => Enum.TryParse<AbuseKind>(r.Tokens[0].Value.Replace("-", "", StringComparison.Ordinal), ignoreCase: true, out var kind) ? kind : Unknown(r) };
var abuseFrom = new Option<string?>("--abuse-from") { Description = "the abusive client's own address, for example 127.0.0.2, so that its address has limits of its own" };
var turns = new Option<int>("--turns") { Description = "how often the load is measured without and with the abusive client", DefaultValueFactory = _ => 3 };
var command = new RootCommand("Loads a running ChatAkka with chats and measures what becomes of them. Exit code 1: something was lost, doubled, reordered or refused.")
{
    nodes, protocol, users, mode, pattern, window, rate, receipts, acks, recipients, waiting, readBack, size, seconds, warmUp, processes, logins, json, svg, abuse, abuseFrom, turns,
};
command.SetAction(async (parsed, stop) =>
{
    var options = new LoadOptions
    {
        Nodes = Split(parsed.GetValue(nodes)!),
        Protocol = parsed.GetValue(protocol)!,
        Users = parsed.GetValue(users),
        Mode = parsed.GetValue(mode),
        Pattern = parsed.GetValue(pattern),
        Window = parsed.GetValue(window),
        Rate = parsed.GetValue(rate),
        Receipts = parsed.GetValue(receipts),
        Acks = parsed.GetValue(acks),
        Recipients = parsed.GetValue(recipients),
        Waiting = parsed.GetValue(waiting),
        ReadBack = parsed.GetValue(readBack),
        Size = parsed.GetValue(size),
        Length = TimeSpan.FromSeconds(parsed.GetValue(seconds)),
        WarmUp = TimeSpan.FromSeconds(parsed.GetValue(warmUp)),
        Processes = [.. Split(parsed.GetValue(processes)!).Select(p => int.Parse(p, System.Globalization.CultureInfo.InvariantCulture))],
        LoginsAtOnce = parsed.GetValue(logins),
        Json = parsed.GetValue(json),
        Svg = parsed.GetValue(svg),
    };
    if (options.Problem() is { } problem)
    {
        await Console.Error.WriteLineAsync(problem);
        return 2;
    }

    try
    {
        if (parsed.GetValue(abuse) is { } kind)
        {
            var abused = new AbuseRun(kind, parsed.GetValue(abuseFrom) is { } from ? IPAddress.Parse(from) : null, parsed.GetValue(turns), options);
            await abused.RunAsync(Console.Out, stop);
            return abused.IsWrong ? 1 : 0;
        }

        var run = LoadRun.Create(options, Console.Error);
        var result = await run.RunAsync(stop);
        foreach (var line in LoadReport.Text(result))
            Console.WriteLine(line);
        if (options.Json is { } jsonFile)
            await File.WriteAllTextAsync(jsonFile, LoadReport.Json(result), stop);
        if (options.Svg is { } svgFile)
            await File.WriteAllTextAsync(svgFile, LoadReport.Svg(result, run.Latencies), stop);
        return result.IsWrong ? 1 : 0;
    }
    catch (Exception e) when (e is IOException or System.Net.Sockets.SocketException or TimeoutException)
    {
        await Console.Error.WriteLineAsync(e.Message);
        return 1;
    }
});
return await command.Parse(args).InvokeAsync();

static AbuseKind? Unknown(System.CommandLine.Parsing.ArgumentResult result)
{
    result.AddError($"there is no abuse '{result.Tokens[0].Value}'");
    return null;
}

static IReadOnlyList<string> Split(string list) => list.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
