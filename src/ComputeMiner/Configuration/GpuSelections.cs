using ComputeMiner.Gpus;

namespace ComputeMiner.Configuration;

/// <summary>The kind of value that chooses GPUs. Whether a named one is there is known only at the start.</summary>
static class GpuSelections
{
    public static readonly ValueKind<GpuSelection> Kind = new("all|none|GPU,…", static (text, out value) =>
    {
        var fault = GpuSelection.Read(text, out var selection);
        value = selection ?? GpuSelection.None;
        return fault;
    }, static selection => selection.Text);
}
