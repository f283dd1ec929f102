using ComputeMiner.Gpus;
using ComputeMiner.Tests.Containers;

namespace ComputeMiner.Tests.Gpus;

/// <summary>A machine's GPUs as its driver tells them: a real library and a real program, both reading the same file.</summary>
sealed class FakeGpus : IDisposable
{
    public const string First = "GPU-11111111-0000-0000-0000-000000000001";
    public const string Second = "GPU-22222222-0000-0000-0000-000000000002";

    static readonly string Sources = Path.Combine(Checkout.Root, "tests", "ComputeMiner.Tests", "Gpus");

    readonly string _state;

    FakeGpus(string directory)
    {
        Directory = directory;
        _state = Path.Combine(directory, "gpus");
        Set(Line(First, "3B"), Line(Second, "5E"));
    }

    public string Directory { get; }

    public string Library => Path.Combine(Directory, NvmlLibrary.File);

    public string Program => Path.Combine(Directory, NvidiaSmi.Program);

    /// <summary>Asks the library.</summary>
    public GpuInventory Inventory => new(Library, "/nonexistent/nvidia-smi");

    public static async Task<FakeGpus> MakeAsync()
    {
        var directory = System.IO.Directory.CreateTempSubdirectory("computeminer-tests-").FullName;
        var gpus = new FakeGpus(directory);
        await HostCommand.RunAsync("cc", ["-shared", "-fPIC", "-O1", "-o", gpus.Library, Path.Combine(Sources, "fake-nvml.c"), "-ldl"]);
        File.Copy(Path.Combine(Sources, "fake-nvidia-smi"), gpus.Program);
        File.SetUnixFileMode(gpus.Program, UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.UserWrite);
        return gpus;
    }

    public static string Line(string uuid, string bus, int used = 4, string pids = "", string state = "ok", string name = "NVIDIA H200", int memory = 143771, string clocks = "1980|2619") =>
        $"{uuid}|{name}|00000000:{bus}:00.0|{memory}|{used}|{pids}|{state}|{clocks}";

    /// <summary>From now on these are there.</summary>
    public void Set(params string[] lines)
    {
        File.WriteAllText(_state + ".new", string.Join('\n', lines) + "\n");
        File.Move(_state + ".new", _state, overwrite: true);
    }

    public void Dispose() => System.IO.Directory.Delete(Directory, recursive: true);
}
