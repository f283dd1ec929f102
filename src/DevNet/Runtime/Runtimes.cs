namespace DevNet.Runtime;

/// <summary>Builds the runtimes by their public names.</summary>
static class Runtimes
{
    public static RuntimeDefinition Create(DevRuntime runtime) => runtime switch
    {
        DevRuntime.Classic => ClassicRuntime.Create(),
        DevRuntime.Current => CurrentRuntime.Create(),
        DevRuntime.Next => NextRuntime.Create(),
        _ => throw new ArgumentOutOfRangeException(nameof(runtime), runtime, "There is no such runtime."),
    };
}
