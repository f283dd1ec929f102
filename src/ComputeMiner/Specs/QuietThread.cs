using System.Runtime.InteropServices;

namespace ComputeMiner.Specs;

/// <summary>A thread that gets processor and disk only when nobody else wants them. Both are the thread's own and end with it.</summary>
static partial class QuietThread
{
    // ioprio_set(2), which libc does not wrap, on x86-64; class "idle".
    const nint SetIoPriority = 251;
    const nint WhoProcess = 1;
    const nint ClassIdle = 3 << 13;

    // setpriority(2).
    const int PriorityOfProcess = 0;
    const int LowestPriority = 19;

    public static Task<T> RunAsync<T>(Func<T> work) => Task.Factory.StartNew(() =>
    {
        // Where it is not granted the work is still bounded.
        _ = SystemCall(SetIoPriority, WhoProcess, 0, ClassIdle);
        _ = SetPriority(PriorityOfProcess, 0, LowestPriority);
        return work();
    }, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    [LibraryImport("libc", EntryPoint = "syscall")]
    private static partial nint SystemCall(nint number, nint which, nint who, nint priority);

    [LibraryImport("libc", EntryPoint = "setpriority")]
    private static partial int SetPriority(int which, int who, int priority);
}
