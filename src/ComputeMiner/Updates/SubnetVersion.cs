using System.Globalization;

namespace ComputeMiner.Updates;

/// <summary>
/// The subnet software's version as one number, 100 * major + 10 * minor + patch: what validators publish with serve_prometheus and miners
/// with serve_axon (neuralinternet/ni-compute, compute/__init__.py).
/// </summary>
static class SubnetVersion
{
    /// <summary>Reads three numbers with dots between them; whatever follows further dots is ignored, as the reference does.</summary>
    public static bool TryParse(string text, out uint version)
    {
        version = 0;
        var parts = text.Split('.');
        if (parts.Length < 3 || !TryRead(parts[0], out var major) || !TryRead(parts[1], out var minor) || !TryRead(parts[2], out var patch))
            return false;
        version = (100u * major) + (10u * minor) + patch;
        return true;
    }

    /// <summary>The dotted form; a number of four digits or more, where it is not unique, stays a number.</summary>
    public static string Show(uint version) => version < 1000
        ? string.Create(CultureInfo.InvariantCulture, $"{version / 100}.{version / 10 % 10}.{version % 10}")
        : version.ToString(CultureInfo.InvariantCulture);

    static bool TryRead(string text, out ushort number) => ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
