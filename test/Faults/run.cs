// Puts the faults of test/Faults/list into the code, one at a time, and says which of them the tests find.
//
//     dotnet run test/Faults/run.cs
//     dotnet run test/Faults/run.cs -- --only "an older acknowledgement"     all faults whose name contains this
//     dotnet run test/Faults/run.cs -- --from 21 --count 10                  the 21st to the 30th
//     dotnet run test/Faults/run.cs -- --from 2 --every 4                    the 2nd, the 6th, the 10th ...: a sample
//     dotnet run test/Faults/run.cs -- --check                               builds nothing: does each fault still apply?
//     dotnet run test/Faults/run.cs -- --keep /tmp/faults                    keeps the scratch tree, for the next run with the same option
//     dotnet run test/Faults/run.cs -- --no-baseline                         does not first run the tests without a fault
//
// Run it in the folder of the solution. It works in a git worktree of its own, in the folder for temporary files, with what is committed, changed or
// staged here; this tree is never edited. Exit code 1 where a fault survived that is not among the known survivors of README.md, or did not apply.
#:property PublishAot=false
#:property PackAsTool=false
using System.Diagnostics;
using System.Runtime.InteropServices;

var buildLimit = TimeSpan.FromMinutes(8);
var testLimit = TimeSpan.FromMinutes(2);

// Warnings are errors here, and a fault may well leave a field unused: that is not what is asked.
string[] lax = ["-v", "q", "-m:1", "-p:RunAnalyzers=false", "-p:EnforceCodeStyleInBuild=false", "-p:TreatWarningsAsErrors=false"];

string? only = null, keep = null;
var (from, count, every, isCheck, hasBaseline) = (1, int.MaxValue, 1, false, true);
for (var i = 0; i < args.Length; i++)
{
    var value = i + 1 < args.Length ? args[i + 1] : "";
    switch (args[i])
    {
        case "--only" when value.Length > 0:
            (only, i) = (value, i + 1);
            break;
        case "--keep" when value.Length > 0:
            (keep, i) = (Path.GetFullPath(value), i + 1);
            break;
        case "--from" when int.TryParse(value, out from) && from > 0:
            i++;
            break;
        case "--every" when int.TryParse(value, out every) && every > 0:
            i++;
            break;
        case "--count" when int.TryParse(value, out count) && count > 0:
            i++;
            break;
        case "--check":
            isCheck = true;
            break;
        case "--no-baseline":
            hasBaseline = false;
            break;
        default:
            Console.Error.WriteLine($"{args[i]} is no option, or its value is missing: [--only NAME] [--from N] [--count M] [--every K] [--check] [--keep FOLDER] [--no-baseline]");
            return 2;
    }
}

var root = (await RunAsync("git", ["rev-parse", "--show-toplevel"], ".", buildLimit, default)).Output.Trim();
var here = Path.Combine(root, "test", "Faults");
if (root.Length == 0 || !Directory.Exists(here))
{
    Console.Error.WriteLine("run it in the folder of the solution");
    return 2;
}

List<Fault> all;
try
{
    all = [.. Directory.EnumerateFiles(Path.Combine(here, "list"), "*.txt").Order(StringComparer.Ordinal).SelectMany(Fault.Read)];
    if (all.CountBy(f => f.Name).FirstOrDefault(n => n.Value > 1).Key is { } twice)
        throw new FormatException($"two faults are called: {twice}");
}
catch (FormatException e)
{
    Console.Error.WriteLine(e.Message);
    return 2;
}

// The rows of the table of known survivors: | name | reason |
var known = File.ReadLines(Path.Combine(here, "README.md")).SkipWhile(l => l != "## Known survivors").Where(l => l.StartsWith("| ", StringComparison.Ordinal))
    .Select(l => l.Split('|')[1].Trim()).Where(n => n != "Fault").ToHashSet();
foreach (var name in known.Where(n => all.TrueForAll(f => f.Name != n)))
{
    Console.Error.WriteLine($"README.md lists a survivor that is not in the list: {name}");
    return 2;
}

var chosen = all.Index().Where(f => only is null || f.Item.Name.Contains(only, StringComparison.OrdinalIgnoreCase)).Skip(from - 1).Where((_, i) => i % every == 0).Take(count).ToList();
if (chosen.Count == 0)
{
    Console.Error.WriteLine($"there is no such fault; there are {all.Count}");
    return 2;
}

var (found, survived, notApplied, unexpected) = (0, 0, 0, 0);
if (isCheck)
{
    foreach (var (index, fault) in chosen)
    {
        if (fault.Miss(root) is { } reason)
            Say(index, fault, "does not apply", reason, ref notApplied);
    }

    Console.WriteLine($"Faults: {chosen.Count - notApplied} apply, {notApplied} do not");
    return notApplied == 0 ? 0 : 1;
}

using var stop = new CancellationTokenSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);
var scratch = keep ?? Path.Combine(Path.GetTempPath(), $"chatakka-faults-{Environment.ProcessId}");
var isReady = new Dictionary<string, string?>();
try
{
    // A commit of what is changed here, or nothing where nothing is; no branch names it, so git drops it in time.
    var changed = (await RunAsync("git", ["stash", "create"], root, buildLimit, stop.Token)).Output.Trim();
    var commit = changed.Length > 0 ? changed : "HEAD";
    if (commit == "HEAD")
        commit = (await RunAsync("git", ["rev-parse", "HEAD"], root, buildLimit, stop.Token)).Output.Trim();
    var made = Directory.Exists(scratch)
        ? await RunAsync("git", ["checkout", "--force", "--detach", "--quiet", commit], scratch, buildLimit, stop.Token)
        : await RunAsync("git", ["worktree", "add", "--detach", "--quiet", scratch, commit], root, buildLimit, stop.Token);
    if (made.Code != 0)
    {
        Console.Error.WriteLine($"no scratch tree in {scratch}: {made.Output.Trim()}");
        return 2;
    }

    foreach (var (index, fault) in chosen)
    {
        var clock = Stopwatch.StartNew();
        var (what, details) = await TryAsync(fault);
        if (stop.IsCancellationRequested)
            break;
        details = $"{details} ({clock.Elapsed.TotalSeconds:0} s)".TrimStart();
        switch (what)
        {
            case "found":
                Say(index, fault, what, known.Contains(fault.Name) ? "though it is a known survivor; " + details : details, ref found);
                break;
            case "SURVIVED":
                unexpected += known.Contains(fault.Name) ? 0 : 1;
                Say(index, fault, what, known.Contains(fault.Name) ? "as is known " + details : details, ref survived);
                break;
            default:
                Say(index, fault, what, details, ref notApplied);
                break;
        }
    }
}
finally
{
    if (keep is null)
    {
        await RunAsync("git", ["worktree", "remove", "--force", scratch], root, buildLimit, default);
        if (Directory.Exists(scratch))
            Directory.Delete(scratch, recursive: true);
        await RunAsync("git", ["worktree", "prune"], root, buildLimit, default);
    }
}

Console.WriteLine($"Faults: {found} found, {survived} survived, {notApplied} not applied");
return unexpected == 0 && notApplied == 0 && !stop.IsCancellationRequested ? 0 : 1;

void End(PosixSignalContext context)
{
    // The loop ends, and takes the scratch tree away.
    context.Cancel = true;
    stop.Cancel();
}

async Task<(string What, string Details)> TryAsync(Fault fault)
{
    if (fault.Miss(scratch) is { } reason)
        return ("does not apply", reason);
    if (!isReady.TryGetValue(fault.Project, out var broken))
        isReady[fault.Project] = broken = await PrepareAsync(fault.Project);
    if (broken is not null)
        return ("does not apply", broken);
    var file = Path.Combine(scratch, fault.File);
    var right = File.ReadAllText(file);
    File.WriteAllText(file, right.Replace(fault.Text, fault.Replacement, StringComparison.Ordinal));
    try
    {
        var build = await RunAsync("dotnet", ["build", Folder(fault.Project), "--no-restore", .. lax], scratch, buildLimit, stop.Token);
        if (build.Code != 0)
            return ("does not compile", build.Output.Split('\n').FirstOrDefault(l => l.Contains("error", StringComparison.Ordinal))?.Trim() ?? "it took too long");
        var test = await RunAsync("dotnet", ["test", Folder(fault.Project), "--no-build", "--filter", fault.Filter], scratch, testLimit, stop.Token);
        return test switch
        {
            { Code: null } => ("found", "the tests hang"),
            { Code: 0 } when test.Output.Contains("No test matches", StringComparison.Ordinal) => ("does not apply", "no test matches its filter"),
            { Code: 0 } => ("SURVIVED", ""),
            _ => ("found", FirstFailure(test.Output) ?? "the test run broke off"),
        };
    }
    finally
    {
        File.WriteAllText(file, right);
    }
}

// Builds a test project without a fault, and runs what all its faults name: tests that fail anyway would find every fault.
async Task<string?> PrepareAsync(string project)
{
    var build = await RunAsync("dotnet", ["build", Folder(project), .. lax], scratch, buildLimit, stop.Token);
    if (build.Code != 0)
        return $"{project} does not build without a fault: {build.Output.Split('\n').FirstOrDefault(l => l.Contains("error", StringComparison.Ordinal))?.Trim()}";
    if (!hasBaseline)
        return null;
    var filter = string.Join('|', chosen.Where(f => f.Item.Project == project).SelectMany(f => f.Item.Filter.Split('|')).Distinct());
    var test = await RunAsync("dotnet", ["test", Folder(project), "--no-build", "--filter", filter], scratch, 4 * testLimit, stop.Token);
    return test.Code == 0 ? null : $"{project} fails without a fault: {FirstFailure(test.Output) ?? "the test run broke off"}";
}

static string Folder(string project) => $"test/{project}";

// Failed ChatAkka.Node.Tests.RouteSpecs.Should_… [12 ms]
static string? FirstFailure(string output) => output.Split('\n').Select(l => l.Trim()).Where(l => l.StartsWith("Failed ChatAkka.", StringComparison.Ordinal))
    .Select(l => "by " + l["Failed ChatAkka.".Length..].Split(" [")[0]).FirstOrDefault();

static void Say(int index, Fault fault, string what, string details, ref int counter)
{
    counter++;
    Console.WriteLine($"{index + 1,4}  {what,-16} {fault.Name}: {details}");
}

// The code is null where the process took too long, or this program is to end.
static async Task<(int? Code, string Output)> RunAsync(string program, IEnumerable<string> arguments, string folder, TimeSpan limit, CancellationToken stop)
{
    using var process = new Process { StartInfo = new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true } };
    var lines = new System.Text.StringBuilder();
    var ends = new CountdownEvent(2);
    DataReceivedEventHandler take = (_, line) =>
    {
        lock (lines)
        {
            if (line.Data is null)
                ends.Signal();
            else
                lines.Append(line.Data).Append('\n');
        }
    };
    process.OutputDataReceived += take;
    process.ErrorDataReceived += take;
    process.Start();
    process.BeginOutputReadLine();
    process.BeginErrorReadLine();
    using var timed = CancellationTokenSource.CreateLinkedTokenSource(stop);
    timed.CancelAfter(limit);
    int? code = null;
    try
    {
        await process.WaitForExitAsync(timed.Token).WaitAsync(timed.Token);
        code = process.ExitCode;
    }
    catch (OperationCanceledException)
    {
        process.Kill(entireProcessTree: true);
    }

    // A compiler server that stays may hold the pipes open: no longer than this for what is still in them.
    ends.Wait(TimeSpan.FromSeconds(2), CancellationToken.None);
    lock (lines)
        return (code, lines.ToString());
}

/// <summary>One fault: a text that stands once in a file, what is put in its place, and the tests that should notice.</summary>
internal sealed record Fault(string Name, string File, string Project, string Filter, string Text, string Replacement)
{
    /// <summary>Reads a file of the list; README.md shows its form.</summary>
    public static List<Fault> Read(string path)
    {
        List<Fault> faults = [];
        foreach (var block in ("\n" + System.IO.File.ReadAllText(path)).Split("\n== ").Skip(1))
        {
            var parts = block.TrimEnd('\n').Split("\n---", 3);
            var head = parts[0].Split('\n');
            if (parts.Length != 3 || head.Length != 3)
                throw new FormatException($"{path}: {head[0]}: a fault is a name, a file, tests, ---, the text, ---, and its replacement");
            var tests = head[2].Split(' ', 2);
            if (tests.Length != 2 || !parts[1].StartsWith('\n'))
                throw new FormatException($"{path}: {head[0]}: there are no tests, or no text");
            var filter = string.Join('|', tests[1].Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(t => $"FullyQualifiedName~{t}"));
            faults.Add(new Fault(head[0], head[1], tests[0], filter, parts[1][1..], parts[2].StartsWith('\n') ? parts[2][1..] : ""));
        }

        return faults;
    }

    /// <summary>Says why it cannot be put into a tree; null where it can.</summary>
    public string? Miss(string tree)
    {
        var path = Path.Combine(tree, File);
        if (!System.IO.File.Exists(path))
            return $"there is no {File}";
        var times = System.IO.File.ReadAllText(path).Split(Text).Length - 1;
        return times == 1 ? null : $"its text is {times} times in {File}";
    }
}
