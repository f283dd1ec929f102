using System.Runtime.InteropServices;

namespace ComputeMiner.Gpus;

/// <summary>
/// NVIDIA's management library, found at run time: a machine without it is one without GPUs. Opened anew at each reading, because a
/// library that stays open never sees a driver that was loaded again or a GPU that came back.
/// </summary>
/// <remarks>Source: NVIDIA's nvml.h (structures, return codes, function versions).</remarks>
static unsafe class NvmlLibrary
{
    public const string File = "libnvidia-ml.so.1";

    const int Success = 0;
    const int NotSupported = 3;
    const int InsufficientSize = 7;
    const int DriverNotLoaded = 9;
    const int GpuIsLost = 15;
    const int NoDevice = 6;
    const int TextLength = 96;

    // NVML_DEVICE_MIG_ENABLE.
    const uint MigEnabled = 1;

    // nvmlClockType_t.
    const int GraphicsClock = 0;
    const int MemoryClock = 2;

    /// <summary>All GPUs that answer; null when there is no library, or one too old to list processes.</summary>
    /// <exception cref="GpuReadException">It is there and fails.</exception>
    public static IReadOnlyList<Gpu>? TryRead(string file)
    {
        if (!NativeLibrary.TryLoad(file, out var library))
            return null;
        try
        {
            return NvmlFunctions.TryFind(library) is { } functions ? Read(functions) : null;
        }
        finally
        {
            NativeLibrary.Free(library);
        }
    }

    static List<Gpu> Read(in NvmlFunctions nvml)
    {
        var code = nvml.Init();
        if (code is DriverNotLoaded or NoDevice)
            return [];
        Require(code, "nvmlInit_v2");
        try
        {
            uint count;
            Require(nvml.DeviceGetCount(&count), "nvmlDeviceGetCount_v2");
            var gpus = new List<Gpu>();
            for (uint index = 0; index < count; index++)
            {
                if (TryReadGpu(nvml, index) is { } gpu)
                    gpus.Add(gpu);
            }
            return gpus;
        }
        finally
        {
            _ = nvml.Shutdown();
        }
    }

    // Null for a GPU that is lost: what is told of it would be of no use.
    static Gpu? TryReadGpu(in NvmlFunctions nvml, uint index)
    {
        nint device;
        var code = nvml.DeviceGetHandleByIndex(index, &device);
        if (code == GpuIsLost)
            return null;
        Require(code, "nvmlDeviceGetHandleByIndex_v2");
        var memory = new NvmlMemory { Version = NvmlMemory.CurrentVersion };
        NvmlPciInfo pci;
        byte* text = stackalloc byte[TextLength];
        if (!TryRequire(nvml.DeviceGetUuid(device, text, TextLength), "nvmlDeviceGetUUID"))
            return null;
        var uuid = ToText(text);
        if (!TryRequire(nvml.DeviceGetName(device, text, TextLength), "nvmlDeviceGetName")
            || !TryRequire(nvml.DeviceGetMemoryInfo(device, &memory), "nvmlDeviceGetMemoryInfo_v2")
            || !TryRequire(nvml.DeviceGetPciInfo(device, &pci), "nvmlDeviceGetPciInfo_v3")
            || Processes(nvml, device) is not { } processes)
            return null;
        return new Gpu((int)index, uuid, ToText(text), PciAddress.Normalize(ToText(pci.BusId)), (long)memory.Total, (long)memory.Used, processes)
        {
            GraphicsClock = Clock(nvml, device, GraphicsClock),
            MemoryClock = Clock(nvml, device, MemoryClock),
            IsMig = IsMig(nvml, device),
        };
    }

    static int Clock(in NvmlFunctions nvml, nint device, int kind)
    {
        uint megahertz = 0;
        return nvml.DeviceGetClockInfo != null && nvml.DeviceGetClockInfo(device, kind, &megahertz) == Success ? (int)megahertz : 0;
    }

    // Most cards have no such mode, and say that it is not supported.
    static bool IsMig(in NvmlFunctions nvml, nint device)
    {
        uint now = 0, pending;
        return nvml.DeviceGetMigMode != null && nvml.DeviceGetMigMode(device, &now, &pending) == Success && now == MigEnabled;
    }

    static int[]? Processes(in NvmlFunctions nvml, nint device)
    {
        for (uint room = 32; ; room *= 2)
        {
            var found = new NvmlProcess[room];
            fixed (NvmlProcess* first = found)
            {
                var count = room;
                var code = nvml.DeviceGetComputeProcesses(device, &count, first);
                if (code == InsufficientSize && room < 1 << 16)
                    continue;
                if (code == NotSupported)
                    return [];
                return TryRequire(code, "nvmlDeviceGetComputeRunningProcesses") ? [.. found[..(int)count].Select(each => (int)each.Pid)] : null;
            }
        }
    }

    static bool TryRequire(int code, string function)
    {
        if (code == GpuIsLost)
            return false;
        Require(code, function);
        return true;
    }

    static void Require(int code, string function)
    {
        if (code != Success)
            throw new GpuReadException($"The NVIDIA driver answered {function} with error {code}. See what `nvidia-smi` says; after a driver update the machine must be restarted.");
    }

    static string ToText(byte* text) => Marshal.PtrToStringUTF8((nint)text) ?? "";
}
