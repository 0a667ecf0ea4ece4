using System.Globalization;

namespace ChatAkka.Management.Tests;

/// <summary>Three nodes with room for few clients.</summary>
public sealed class SmallTrioFixture : TrioFixture
{
    public const int Room = 4;

    protected override string[] Arguments => ["--max-connections", Room.ToString(CultureInfo.InvariantCulture)];
}
