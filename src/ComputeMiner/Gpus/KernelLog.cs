using System.Buffers.Text;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace ComputeMiner.Gpus;

/// <summary>
/// What the kernel's log says of GPU errors since boot, as far as its buffer goes back. It also quotes what a tenant chose, such as the file of
/// a program that crashed, with line breaks; so it is read record by record (<c>/dev/kmsg</c>), where those are escaped, and only the beginning
/// of a record is believed: that is the kernel's own.
/// </summary>
static partial class KernelLog
{
    const string Device = "/dev/kmsg";

    // open(2) on Linux.
    const int ReadOnly = 0;
    const int NonBlocking = 0x800;
    const int CloseOnExec = 0x80000;

    // errno.h of Linux.
    const int Interrupted = 4;
    const int BrokenPipe = 32;

    /// <summary>More than the kernel puts into one record.</summary>
    const int LongestRecord = 16 << 10;

    /// <summary>More than the largest buffer holds: whoever writes as fast as it is read does not keep us.</summary>
    const int MostRecords = 1 << 19;

    /// <summary>How the NVIDIA driver begins the record of an error.</summary>
    static ReadOnlySpan<byte> Beginning => "NVRM: Xid "u8;

    /// <summary>The records of GPU errors, each on a line as <c>dmesg --raw</c> shows it; null where this user may not read the log.</summary>
    public static string? TryRead()
    {
        using var device = Open(Device, ReadOnly | NonBlocking | CloseOnExec);
        if (device.IsInvalid)
            return null;
        var lines = new StringBuilder();
        var record = new byte[LongestRecord];
        for (var i = 0; i < MostRecords; i++)
        {
            var length = Read(device, record, record.Length);
            if (length > 0)
                Add(lines, record.AsSpan(0, (int)length));
            // Overwritten before it was read: the next read goes on with the oldest one there is. Any other error is the end of what there is.
            else if (length == 0 || Marshal.GetLastPInvokeError() is not (Interrupted or BrokenPipe))
                break;
        }
        return lines.ToString();
    }

    // Documentation/ABI/testing/dev-kmsg: "priority,sequence,microseconds,flags;text", then lines of properties.
    static void Add(StringBuilder lines, ReadOnlySpan<byte> record)
    {
        var text = record.IndexOf((byte)';') is var end and > 0 ? record[(end + 1)..] : default;
        if (!text.StartsWith(Beginning) || !Utf8Parser.TryParse(record, out int priority, out var digits))
            return;
        var fields = record[(digits + 1)..];
        if (!Utf8Parser.TryParse(fields[(fields.IndexOf((byte)',') + 1)..], out long microseconds, out _))
            return;
        var line = text.IndexOf((byte)'\n') is var stop and >= 0 ? text[..stop] : text;
        lines.Append(CultureInfo.InvariantCulture, $"<{priority}>[{microseconds / 1_000_000,5}.{microseconds % 1_000_000:000000}] {Encoding.UTF8.GetString(line)}\n");
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial SafeFileHandle Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static partial nint Read(SafeFileHandle file, [Out] byte[] buffer, nint length);
}
