using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace ComputeMiner.Specs;

/// <summary>
/// A file that has no name any more when it is handed out: the kernel frees it when its handle is closed, also when the process is killed. It
/// goes around the page cache where the file system allows that.
/// </summary>
static partial class NamelessFile
{
    /// <summary>Its name for the moment between making and unlinking.</summary>
    public const string Name = "speed-probe";

    // open(2) on x86-64.
    const int ReadWrite = 0x2;
    const int Create = 0x40;
    const int Exclusive = 0x80;
    const int Direct = 0x4000;
    const int NoFollow = 0x20000;
    const int CloseOnExec = 0x80000;
    const uint OwnerOnly = 0x180;

    const int DoNotNeed = 4;

    /// <exception cref="IOException">It cannot be made.</exception>
    public static SafeFileHandle Open(string directory)
    {
        var path = Path.Combine(directory, Name);
        // Direct access is refused by some file systems, such as tmpfs before Linux 6.6.
        var (handle, _) = Open(path, Direct);
        var fault = 0;
        if (handle < 0)
            (handle, fault) = Open(path, 0);
        return handle < 0
            ? throw new IOException($"{path} cannot be made: {Marshal.GetPInvokeErrorMessage(fault)}.")
            : new SafeFileHandle(handle, ownsHandle: true);
    }

    /// <summary>Lets the page cache forget the file, where it has it, so that reading it asks the disk.</summary>
    public static void Forget(SafeFileHandle file) => _ = Advise(file, 0, 0, DoNotNeed);

    static (int Handle, int Fault) Open(string path, int how)
    {
        // What a process left that was killed in the moment before it unlinked.
        File.Delete(path);
        var handle = OpenFile(path, ReadWrite | Create | Exclusive | NoFollow | CloseOnExec | how, OwnerOnly);
        var fault = Marshal.GetLastPInvokeError();
        File.Delete(path);
        return (handle, fault);
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenFile(string path, int flags, uint mode);

    [LibraryImport("libc", EntryPoint = "posix_fadvise")]
    private static partial int Advise(SafeFileHandle file, nint offset, nint length, int advice);
}
