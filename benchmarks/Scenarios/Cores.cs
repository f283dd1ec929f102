using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Scenarios;

/// <summary>
/// Where threads may run. What a thread starts, other programs included, may run only where the thread may: that is how the miner and its
/// callers get cores of their own.
/// </summary>
static partial class Cores
{
    /// <summary>A program under measurement has this one for itself; what asks it runs on <see cref="Others"/>.</summary>
    public const ulong First = 1;

    /// <summary>Every core but the first; the first on a machine that has no other.</summary>
    public static ulong Others { get; } = Environment.ProcessorCount > 1 ? ulong.MaxValue >> (64 - Math.Min(64, Environment.ProcessorCount)) & ~First : First;

    /// <summary>Runs <paramref name="start"/> on these cores alone, on a thread of its own, and returns what it returned.</summary>
    /// <param name="mask">One bit per core.</param>
    /// <param name="start">What is measured, or what starts it.</param>
    public static T Run<T>(ulong mask, Func<T> start)
    {
        var result = default(T);
        Exception? fault = null;
        var thread = new Thread(() =>
        {
            try
            {
                if (sched_setaffinity(0, sizeof(ulong), in mask) != 0)
                    throw new Win32Exception(Marshal.GetLastPInvokeError(), "A thread cannot be tied to a core");
                result = start();
            }
            catch (Exception caught) // Goes on in the caller.
            {
                fault = caught;
            }
        });
        thread.Start();
        thread.Join();
        return fault is null ? result! : throw fault;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int sched_setaffinity(int thread, nuint length, in ulong mask);
}
