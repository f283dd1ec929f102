using System.Runtime.InteropServices;

namespace ComputeMiner;

/// <summary>What .NET cannot say to another process.</summary>
static partial class ProcessSignal
{
    // signal(7).
    const int Terminate = 15;

    /// <summary>Asks a process to end.</summary>
    public static void AskToEnd(int id) => _ = kill(id, Terminate);

    [LibraryImport("libc")]
    private static partial int kill(int id, int signal);
}
