using System.Text;

namespace ComputeMiner.Challenges;

/// <summary>Reads lines of a program that may write anything: a line beyond the limit is dropped, never collected.</summary>
static class BoundedLines
{
    public const int LongestLine = 16 * 1024;

    public static async Task ReadAsync(Stream stream, Action<string> onLine)
    {
        var buffer = new byte[4096];
        var line = new byte[LongestLine];
        var length = 0;
        while (await ReadSomeAsync(stream, buffer) is var read and > 0)
        {
            foreach (var value in buffer.AsSpan(0, read))
            {
                if (value is not ((byte)'\n' or (byte)'\r'))
                {
                    if (length < LongestLine)
                        line[length] = value;
                    length++;
                    continue;
                }
                Take(line, length, onLine);
                length = 0;
            }
        }
        Take(line, length, onLine);
    }

    static void Take(byte[] line, int length, Action<string> onLine)
    {
        if (length is > 0 and <= LongestLine)
            onLine(Encoding.UTF8.GetString(line, 0, length));
    }

    // The pipe is taken away when the process object goes; that is an end like any other.
    static async Task<int> ReadSomeAsync(Stream stream, byte[] buffer)
    {
        try
        {
            return await stream.ReadAsync(buffer);
        }
        catch (Exception fault) when (fault is IOException or ObjectDisposedException or OperationCanceledException)
        {
            return 0;
        }
    }
}
