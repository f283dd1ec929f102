using System.Runtime.InteropServices;

namespace ComputeMiner.Specs;

/// <summary>Copies between a piece that fits a processor's cache and an area that fits none: the one side is free, the other is memory.</summary>
static class MemorySpeed
{
    const int PieceSize = 16 << 10;
    const int AreaSize = 64 << 20;
    const int StepSize = 1 << 20;
    const int Rounds = 4;
    const long LeastAvailable = 1L << 30;

    /// <summary>Null when it was given up, or there is too little memory to spare.</summary>
    public static unsafe Speeds? Measure(long available, SpeedLimit limit)
    {
        if (available < LeastAvailable)
            return null;
        var area = (byte*)NativeMemory.Alloc(AreaSize);
        try
        {
            // The first touch of a page is the kernel's work, not the memory's.
            new Span<byte>(area, AreaSize).Fill(1);
            var piece = new byte[PieceSize];
            var write = limit.Measure(Rounds * AreaSize / StepSize, StepSize, step => Copy(step, (place) => piece.CopyTo(new Span<byte>(area + place, PieceSize))));
            var read = limit.Measure(Rounds * AreaSize / StepSize, StepSize, step => Copy(step, (place) => new ReadOnlySpan<byte>(area + place, PieceSize).CopyTo(piece)));
            return write is { } w && read is { } r ? new Speeds(w, r) : null;
        }
        finally
        {
            NativeMemory.Free(area);
        }
    }

    static void Copy(int step, Action<int> piece)
    {
        var start = step % (AreaSize / StepSize) * StepSize;
        for (var place = start; place < start + StepSize; place += PieceSize)
            piece(place);
    }
}
