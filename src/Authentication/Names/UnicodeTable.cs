using System.Globalization;

namespace ChatAkka.Authentication.Names;

/// <summary>Reads the tables of Unicode data in <c>Names/Data</c>, which are part of the assembly.</summary>
/// <remarks>The framework has categories, normal forms and the case of characters, but neither their scripts nor which of them look alike.</remarks>
internal static class UnicodeTable
{
    /// <summary>Gives the lines of a table: a code point and a word each. Lines that begin with <c>#</c> say where the data is from.</summary>
    /// <param name="name">The name of the file.</param>
    public static IEnumerable<(int CodePoint, string Word)> Read(string name)
    {
        using var stream = typeof(UnicodeTable).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"the assembly has no {name}");
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line)
        {
            if (line.StartsWith('#'))
                continue;
            var blank = line.IndexOf(' ', StringComparison.Ordinal);
            yield return (int.Parse(line.AsSpan(0, blank), NumberStyles.HexNumber, CultureInfo.InvariantCulture), line[(blank + 1)..]);
        }
    }
}
