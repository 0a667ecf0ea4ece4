using System.CommandLine;
using ChatAkka.Load;

var defaults = new LoadOptions();
var nodes = new Option<string>("--nodes") { Description = "where clients connect, HOST:PORT with commas", DefaultValueFactory = _ => defaults.Nodes[0] };
var protocol = new Option<string>("--protocol") { Description = "chatakka, or nats to compare with nats-server", DefaultValueFactory = _ => defaults.Protocol }.AcceptOnlyFromAmong("chatakka", "nats");
var users = new Option<int>("--users") { Description = "users; the first of two chats with the second", DefaultValueFactory = _ => defaults.Users };
var mode = new Option<LoadMode>("--mode") { Description = "closed: each sender keeps --window in flight; open: --rate a second; idle: nobody sends" };
var pattern = new Option<LoadPattern>("--pattern") { Description = "the two of a pair on different nodes (cross), on one (local), or half and half (mixed)" };
var window = new Option<int>("--window") { Description = "chats in flight of each sender", DefaultValueFactory = _ => defaults.Window };
var rate = new Option<int>("--rate") { Description = "chats a second over all senders", DefaultValueFactory = _ => defaults.Rate };
var receipts = new Option<bool>("--receipts") { Description = "give each chat an id and go on with its receipt" };
var acks = new Option<bool>("--ack") { Description = "recipients acknowledge: chats go through their mailboxes, receipts are stored" };
var size = new Option<int>("--size") { Description = "bytes of a chat's content", DefaultValueFactory = _ => defaults.Size };
var seconds = new Option<double>("--seconds") { Description = "how long to measure", DefaultValueFactory = _ => defaults.Length.TotalSeconds };
var warmUp = new Option<double>("--warm-up") { Description = "seconds before that", DefaultValueFactory = _ => defaults.WarmUp.TotalSeconds };
var processes = new Option<string>("--pids") { Description = "server processes whose CPU time and memory are reported, with commas", DefaultValueFactory = _ => "" };
var logins = new Option<int>("--logins-at-once") { Description = "how many log in at a time", DefaultValueFactory = _ => defaults.LoginsAtOnce };
var json = new Option<string?>("--json") { Description = "write the figures to this file" };
var svg = new Option<string?>("--svg") { Description = "draw the latencies into this file" };
var command = new RootCommand("Loads a running ChatAkka with chats and measures what becomes of them. Exit code 1: something was lost, doubled, reordered or refused.")
{
    nodes, protocol, users, mode, pattern, window, rate, receipts, acks, size, seconds, warmUp, processes, logins, json, svg,
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
        Size = parsed.GetValue(size),
        Length = TimeSpan.FromSeconds(parsed.GetValue(seconds)),
        WarmUp = TimeSpan.FromSeconds(parsed.GetValue(warmUp)),
        Processes = [.. Split(parsed.GetValue(processes)!).Select(p => int.Parse(p, System.Globalization.CultureInfo.InvariantCulture))],
        LoginsAtOnce = parsed.GetValue(logins),
        Json = parsed.GetValue(json),
        Svg = parsed.GetValue(svg),
    };
    if ((options.Receipts || options.Acks) && options.Protocol == "nats")
    {
        await Console.Error.WriteLineAsync("nats has no receipts and no acknowledgements");
        return 2;
    }

    try
    {
        var run = new LoadRun(options, Console.Error);
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

static IReadOnlyList<string> Split(string list) => list.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
