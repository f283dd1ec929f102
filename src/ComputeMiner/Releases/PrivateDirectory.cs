using System.Runtime.InteropServices;

namespace ComputeMiner.Releases;

/// <summary>Who can put programs into a directory.</summary>
static partial class PrivateDirectory
{
    // statx(2), inode(7): the wish for owner and mode, and where they lie in a structure of 256 bytes.
    const uint OwnerAndMode = 0x8 | 0x2;
    const int Owner = 20;
    const int Mode = 28;
    const int CurrentDirectory = -100;
    const int NotThroughLink = 0x100;

    const int OthersWrite = 0x2;
    const int GroupWrites = 0x10;
    const int Sticky = 0x200;

    /// <summary>ENOENT of Linux's errno.h.</summary>
    const int NotThere = 2;

    /// <summary>Null when only this user and root can.</summary>
    /// <param name="path">The directory; none is as good as a private one.</param>
    /// <param name="isItself">No other may write into it; otherwise none may put another directory in the place of one of this user's in it.</param>
    public static string? FaultOf(string path, bool isItself)
    {
        Span<byte> found = stackalloc byte[256];
        if (Statx(CurrentDirectory, path, isItself ? NotThroughLink : 0, OwnerAndMode, found) != 0)
            return Marshal.GetLastPInvokeError() == NotThere ? null : $"{path} cannot be looked at: {Marshal.GetLastPInvokeErrorMessage()}";
        var (owner, mode) = (BitConverter.ToUInt32(found[Owner..]), BitConverter.ToUInt16(found[Mode..]));
        if (owner != 0 && owner != geteuid())
            return $"{path} belongs to user {owner}";
        var isOpen = isItself ? (mode & (OthersWrite | GroupWrites)) != 0 : (mode & OthersWrite) != 0 && (mode & Sticky) == 0;
        return isOpen ? $"{path} has mode {Convert.ToString(mode & 0xFFF, 8)}" : null;
    }

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Statx(int directory, string path, int flags, uint mask, Span<byte> found);

    [LibraryImport("libc")]
    private static partial uint geteuid();
}
