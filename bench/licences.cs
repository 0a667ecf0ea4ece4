// Lists every package that ChatAkka is built, tested and run with, with its licence as its own .nuspec names it.
//
//     dotnet run bench/licences.cs
//
// Run it in the folder of the solution after dotnet restore. Exit code 1 where a package names no licence, or one that is not on the list below.
#:property PublishAot=false
#:property PackAsTool=false
using System.Text.Json;
using System.Xml.Linq;

// What may be used in a work under the Apache License 2.0 without more than keeping its notices.
string[] accepted =
[
    "Apache-2.0", "MIT", "MIT-0", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0", "OLDAP-2.8", "ISC",

    // Reference assemblies of .NET: may be redistributed; none of them is in what we publish.
    "Microsoft .NET Library",
];

// Packages that name their licence by a file, an address or nowhere, and what stands there, or in their repository.
var read = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
{
    ["CommandLineParser"] = "MIT",
    ["diskann-garnet"] = "MIT",
    ["HdrHistogram"] = "CC0-1.0 OR BSD-2-Clause",
    ["KeraLua"] = "MIT",
    ["LightningDB"] = "OLDAP-2.8",
    ["Microsoft.DotNet.PlatformAbstractions"] = "MIT",
    ["Microsoft.NETCore.Platforms"] = "Microsoft .NET Library",
    ["NETStandard.Library"] = "Microsoft .NET Library",
    ["xunit.abstractions"] = "Apache-2.0",
};

var assets = Directory.EnumerateFiles(".", "project.assets.json", SearchOption.AllDirectories).ToList();
if (assets.Count == 0)
{
    Console.Error.WriteLine("no project.assets.json below this folder: run dotnet restore first");
    return 2;
}

var used = new SortedDictionary<string, HashSet<string>>(StringComparer.OrdinalIgnoreCase);
var folders = new HashSet<string>();
foreach (var file in assets)
{
    using var json = JsonDocument.Parse(File.ReadAllText(file));
    foreach (var folder in json.RootElement.GetProperty("packageFolders").EnumerateObject())
        folders.Add(folder.Name);
    var project = Path.GetRelativePath(".", file).Replace('\\', '/');
    foreach (var library in json.RootElement.GetProperty("libraries").EnumerateObject().Where(l => l.Value.GetProperty("type").GetString() == "package"))
    {
        if (!used.TryGetValue(library.Name, out var by))
            used.Add(library.Name, by = []);
        by.Add(project);
    }
}

var bad = 0;
foreach (var (package, by) in used)
{
    var licence = LicenceOf(package);
    var isAccepted = licence.Split(" OR ").Any(accepted.Contains);
    bad += isAccepted ? 0 : 1;
    var isShipped = by.Any(p => p.StartsWith("src/") || p.StartsWith("Petabridge.Cmd/"));
    Console.WriteLine($"{package,-60} {(isShipped ? "ships" : "tests"),-6} {licence}{(isAccepted ? "" : "   <-- look at this one")}");
}

Console.WriteLine($"{used.Count} packages, {bad} to look at");
return bad == 0 ? 0 : 1;

string LicenceOf(string package)
{
    var (id, version) = (package.Split('/')[0], package.Split('/')[1]);
    if (read.TryGetValue(id, out var known))
        return known;
    var at = folders.Select(f => Path.Combine(f, id.ToLowerInvariant(), version.ToLowerInvariant())).FirstOrDefault(Directory.Exists);
    var nuspec = at is null ? null : Directory.EnumerateFiles(at, "*.nuspec").FirstOrDefault();
    if (nuspec is null)
        return "its package is not here";
    var metadata = XDocument.Load(nuspec).Descendants().First(e => e.Name.LocalName == "metadata");
    var licence = metadata.Elements().FirstOrDefault(e => e.Name.LocalName == "license");
    if (licence?.Attribute("type")?.Value == "expression")
        return licence.Value;
    if (licence is not null)
        return $"in its file {licence.Value}";
    return metadata.Elements().FirstOrDefault(e => e.Name.LocalName == "licenseUrl")?.Value ?? "named nowhere";
}
