using System.Globalization;

namespace ComputeMiner.Gpus;

/// <summary>One form for what NVML ("00000000:3B:00.0") and the kernel's log ("0000:3b:00") call the same place.</summary>
static class PciAddress
{
    public static string Normalize(string text)
    {
        var parts = text.Trim().ToLowerInvariant().Split(':');
        if (parts.Length != 3 || !uint.TryParse(parts[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var domain))
            return text;
        return string.Create(CultureInfo.InvariantCulture, $"{domain:x4}:{parts[1]}:{parts[2].Split('.')[0]}");
    }
}
