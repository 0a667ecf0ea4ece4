namespace ChatAkka.Authentication.Tokens;

/// <summary>A file with keys cannot be used.</summary>
/// <param name="path">The file.</param>
/// <param name="problem">What is wrong. It contains nothing of the file's content.</param>
public sealed class KeyFileException(string path, string problem) : Exception($"{path}: {problem}")
{
    /// <summary>The file.</summary>
    public string Path => path;

    /// <summary>What is wrong.</summary>
    public string Problem => problem;
}
