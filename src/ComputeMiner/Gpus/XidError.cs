using System.Collections.Frozen;
using System.Globalization;
using System.Text.RegularExpressions;

namespace ComputeMiner.Gpus;

/// <summary>An error of a GPU as the driver writes it into the kernel's log.</summary>
/// <param name="Pci">The GPU's place, as <see cref="PciAddress"/> writes it.</param>
/// <param name="Code">The error's number.</param>
/// <param name="Line">The whole line; with its time it names this one error.</param>
sealed partial record XidError(string Pci, int Code, string Line)
{
    // After these the GPU needs a reset or the machine a restart; others end a program at most. NVIDIA, "Xid Errors": double-bit and uncontained
    // memory errors, failed row remapping, NVLink, off the bus, firmware processors that stopped.
    static readonly FrozenSet<int> Fatal = FrozenSet.Create(48, 61, 62, 64, 74, 79, 95, 110, 119, 120, 136, 140, 143);

    public bool IsFatal => Fatal.Contains(Code);

    /// <summary>All errors in lines as <see cref="KernelLog"/> gives them. What stands further on in a line may be a tenant's choice.</summary>
    public static IReadOnlyList<XidError> Find(string log) =>
    [
        .. from match in Pattern().Matches(log)
           select new XidError(
               PciAddress.Normalize(match.Groups["pci"].Value),
               int.Parse(match.Groups["code"].ValueSpan, CultureInfo.InvariantCulture),
               match.Value.Trim()),
    ];

    [GeneratedRegex(@"^(<\d{1,3}>\[ *\d+\.\d+\] )?NVRM: Xid \(PCI:(?<pci>[0-9a-fA-F:.]+)\): (?<code>\d{1,4})\b.*$", RegexOptions.Multiline)]
    private static partial Regex Pattern();
}
