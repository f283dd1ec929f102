namespace DevNet.State;

/// <summary>The order of storage keys: byte by byte, a prefix before what it begins.</summary>
sealed class ByteOrder : IComparer<byte[]>
{
    public static ByteOrder Instance { get; } = new();

    public int Compare(byte[]? x, byte[]? y) => x.AsSpan().SequenceCompareTo(y);
}
