using System.Globalization;

namespace Scenarios;

/// <summary>Cuts what an axon sends into answers by their Content-Length and tells each one's status.</summary>
sealed class AnswerReader
{
    readonly byte[] _buffer = new byte[256 * 1024];
    int _start;
    int _end;

    /// <summary>Where the next bytes go.</summary>
    public Memory<byte> Free
    {
        get
        {
            if (_start > 0)
            {
                _buffer.AsSpan(_start.._end).CopyTo(_buffer);
                (_start, _end) = (0, _end - _start);
            }
            return _buffer.AsMemory(_end);
        }
    }

    public void Filled(int count) => _end += count;

    /// <summary>The status of the next complete answer.</summary>
    public bool TryRead(out int status)
    {
        status = 0;
        var rest = _buffer.AsSpan(_start.._end);
        var head = rest.IndexOf("\r\n\r\n"u8);
        if (head < 0)
            return false;
        var field = "\r\nContent-Length: "u8;
        var at = rest[..head].IndexOf(field);
        if (at < 0)
            throw new IOException("The answer has no Content-Length.");
        var value = rest[(at + field.Length)..(head + 2)];
        var total = head + 4 + int.Parse(value[..value.IndexOf((byte)'\r')], CultureInfo.InvariantCulture);
        if (rest.Length < total)
            return false;
        status = int.Parse(rest.Slice("HTTP/1.1 ".Length, 3), CultureInfo.InvariantCulture);
        _start += total;
        return true;
    }
}
