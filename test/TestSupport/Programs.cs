namespace ChatAkka.TestSupport;

/// <summary>Where the programs are that tests start. <c>test/Programs</c> puts them into one folder and compiles them ahead of time.</summary>
public static class Programs
{
    private static readonly string s_folder = Find();

    /// <summary>Path of a program, as <c>ChatAkka.Node</c>.</summary>
    public static string PathOf(string name) => Path.Combine(s_folder, name + ".dll");

    /// <summary>A test is in <c>test/NAME/bin/CONFIGURATION/net10.0</c>. What was copied elsewhere has its programs beside it.</summary>
    private static string Find()
    {
        var own = new DirectoryInfo(AppContext.BaseDirectory);
        var folder = Path.Combine(own.FullName, "../../../../Programs/bin", own.Parent?.Name ?? "", "programs");
        return Directory.Exists(folder) ? Path.GetFullPath(folder) : own.FullName;
    }
}
