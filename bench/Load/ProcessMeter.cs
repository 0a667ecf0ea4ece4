using System.Globalization;

namespace ChatAkka.Load;

/// <summary>CPU time and memory of processes, from /proc (Linux).</summary>
internal static class ProcessMeter
{
    /// <summary>Clock ticks a second in /proc/PID/stat; 100 on every Linux that .NET runs on.</summary>
    private const double TicksPerSecond = 100;

    /// <summary>Seconds of CPU that a process has used, user and system.</summary>
    public static double CpuSeconds(int process)
    {
        var stat = File.ReadAllText($"/proc/{process}/stat");
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return (Number(fields[11]) + Number(fields[12])) / TicksPerSecond;
    }

    /// <summary>Resident memory in bytes.</summary>
    public static long ResidentBytes(int process) => (long)Number(File.ReadAllText($"/proc/{process}/statm").Split(' ')[1]) * Environment.SystemPageSize;

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
