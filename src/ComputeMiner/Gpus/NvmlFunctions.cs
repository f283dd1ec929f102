using System.Runtime.InteropServices;

namespace ComputeMiner.Gpus;

/// <summary>The functions of NVML that are called, by their versioned names.</summary>
readonly unsafe struct NvmlFunctions
{
    public delegate* unmanaged<int> Init { get; private init; }

    public delegate* unmanaged<int> Shutdown { get; private init; }

    public delegate* unmanaged<uint*, int> DeviceGetCount { get; private init; }

    public delegate* unmanaged<uint, nint*, int> DeviceGetHandleByIndex { get; private init; }

    public delegate* unmanaged<nint, byte*, uint, int> DeviceGetUuid { get; private init; }

    public delegate* unmanaged<nint, byte*, uint, int> DeviceGetName { get; private init; }

    public delegate* unmanaged<nint, NvmlMemory*, int> DeviceGetMemoryInfo { get; private init; }

    public delegate* unmanaged<nint, NvmlPciInfo*, int> DeviceGetPciInfo { get; private init; }

    public delegate* unmanaged<nint, uint*, NvmlProcess*, int> DeviceGetComputeProcesses { get; private init; }

    /// <summary>Null where the library lacks it: nothing depends on a clock.</summary>
    public delegate* unmanaged<nint, int, uint*, int> DeviceGetClockInfo { get; private init; }

    /// <summary>The mode of now and of after a reset; null where the library knows no such modes.</summary>
    public delegate* unmanaged<nint, uint*, uint*, int> DeviceGetMigMode { get; private init; }

    /// <summary>Null when the library lacks one: drivers before 510 do.</summary>
    public static NvmlFunctions? TryFind(nint library)
    {
        // Versions 2 and 3 of the process list fill the same structure; drivers have either.
        var processes = Find(library, "nvmlDeviceGetComputeRunningProcesses_v3");
        if (processes == 0)
            processes = Find(library, "nvmlDeviceGetComputeRunningProcesses_v2");
        nint[] found =
        [
            Find(library, "nvmlInit_v2"), Find(library, "nvmlShutdown"), Find(library, "nvmlDeviceGetCount_v2"), Find(library, "nvmlDeviceGetHandleByIndex_v2"),
            Find(library, "nvmlDeviceGetUUID"), Find(library, "nvmlDeviceGetName"), Find(library, "nvmlDeviceGetMemoryInfo_v2"),
            Find(library, "nvmlDeviceGetPciInfo_v3"), processes,
        ];
        if (found.Contains(0))
            return null;
        return new NvmlFunctions
        {
            Init = (delegate* unmanaged<int>)found[0],
            Shutdown = (delegate* unmanaged<int>)found[1],
            DeviceGetCount = (delegate* unmanaged<uint*, int>)found[2],
            DeviceGetHandleByIndex = (delegate* unmanaged<uint, nint*, int>)found[3],
            DeviceGetUuid = (delegate* unmanaged<nint, byte*, uint, int>)found[4],
            DeviceGetName = (delegate* unmanaged<nint, byte*, uint, int>)found[5],
            DeviceGetMemoryInfo = (delegate* unmanaged<nint, NvmlMemory*, int>)found[6],
            DeviceGetPciInfo = (delegate* unmanaged<nint, NvmlPciInfo*, int>)found[7],
            DeviceGetComputeProcesses = (delegate* unmanaged<nint, uint*, NvmlProcess*, int>)found[8],
            DeviceGetClockInfo = (delegate* unmanaged<nint, int, uint*, int>)Find(library, "nvmlDeviceGetClockInfo"),
            DeviceGetMigMode = (delegate* unmanaged<nint, uint*, uint*, int>)Find(library, "nvmlDeviceGetMigMode"),
        };
    }

    static nint Find(nint library, string name) => NativeLibrary.TryGetExport(library, name, out var address) ? address : 0;
}

/// <summary>nvmlMemory_v2_t.</summary>
[StructLayout(LayoutKind.Sequential)]
struct NvmlMemory
{
    /// <summary>The structure's size and, in the highest byte, its version.</summary>
    public const uint CurrentVersion = 40 | (2 << 24);

    public uint Version;
    public ulong Total;
    public ulong Reserved;
    public ulong Free;
    public ulong Used;
}

/// <summary>nvmlProcessInfo_v2_t.</summary>
[StructLayout(LayoutKind.Sequential)]
struct NvmlProcess
{
    public uint Pid;
    public ulong UsedMemory;
    public uint GpuInstance;
    public uint ComputeInstance;
}

/// <summary>nvmlPciInfo_t.</summary>
[StructLayout(LayoutKind.Sequential)]
unsafe struct NvmlPciInfo
{
    public fixed byte BusIdLegacy[16];
    public uint Domain;
    public uint Bus;
    public uint Device;
    public uint DeviceId;
    public uint SubSystemId;
    public fixed byte BusId[32];
}
