using System.Globalization;
using System.Runtime.InteropServices;

namespace ComputeMiner.Releases;

/// <summary>
/// What a program and the one that started it in its place agree on. It must hold between any two versions: the variable names the
/// starter's process id, and <see cref="UpdateStore"/>'s file says how the trial goes.
/// </summary>
static partial class Supervision
{
    public const string Variable = "COMPUTEMINER_LAUNCHER";

    /// <summary>Exit code of a supervised program that makes room for the release on trial.</summary>
    public const int MakesRoom = 79;

    /// <summary>
    /// Exit code of a supervised program that this machine as it is now does not let start, as it does not let any other version: Docker is
    /// away, a port taken, the key file gone. EX_TEMPFAIL of sysexits.h.
    /// </summary>
    public const int CannotStartHere = 75;

    // linux/prctl.h, signal(7).
    const int SetDeathSignal = 1;
    const nuint Kill = 9;

    /// <summary>Another version started this process in its place, and watches it.</summary>
    public static bool IsSupervised { get; } = Environment.GetEnvironmentVariable(Variable) is { Length: > 0 };

    /// <summary>Dies with the starter from now on: nobody else would bring back the version before, or end this one.</summary>
    /// <remarks>On the main thread: the kernel keeps the wish per thread, and forgets it with that one (kernel/exit.c, reparent_leader).</remarks>
    /// <exception cref="StartupException">The starter is gone already.</exception>
    public static void Join()
    {
        if (!IsSupervised)
            return;
        if (prctl(SetDeathSignal, Kill, 0, 0, 0) != 0
            || getppid().ToString(CultureInfo.InvariantCulture) != Environment.GetEnvironmentVariable(Variable))
            throw new StartupException($"{Variable} names a process that is not the one that started this. Only the miner sets it; unset it.");
    }

    [LibraryImport("libc")]
    private static partial int prctl(int option, nuint argument2, nuint argument3, nuint argument4, nuint argument5);

    [LibraryImport("libc")]
    private static partial int getppid();
}
