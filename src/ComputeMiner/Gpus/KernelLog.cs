using System.Runtime.InteropServices;
using System.Text;

namespace ComputeMiner.Gpus;

/// <summary>The kernel's own log since boot, as far as its buffer goes back.</summary>
static partial class KernelLog
{
    // syslog(2): actions of klogctl.
    const int ReadAll = 3;
    const int BufferSize = 10;

    /// <summary>The text; null where this user may not read it.</summary>
    public static string? TryRead()
    {
        var size = Control(BufferSize, [], 0);
        if (size <= 0)
            return null;
        var buffer = new byte[size];
        var length = Control(ReadAll, buffer, buffer.Length);
        return length < 0 ? null : Encoding.UTF8.GetString(buffer, 0, length);
    }

    [LibraryImport("libc", EntryPoint = "klogctl", SetLastError = true)]
    private static partial int Control(int action, [Out] byte[] buffer, int length);
}
