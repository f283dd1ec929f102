using System.Globalization;

namespace ComputeMiner.Challenges;

/// <summary>Hashes per second as people read them.</summary>
static class HashRate
{
    static readonly string[] Units = ["H/s", "kH/s", "MH/s", "GH/s", "TH/s"];

    public static string Show(double hashesPerSecond)
    {
        var unit = 0;
        for (; hashesPerSecond >= 1000 && unit < Units.Length - 1; unit++)
            hashesPerSecond /= 1000;
        return hashesPerSecond.ToString("0.##", CultureInfo.InvariantCulture) + " " + Units[unit];
    }
}
