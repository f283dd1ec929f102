namespace ComputeMiner.Specs;

sealed partial class SpecsSource
{
    // Once per reason: the probe comes back every half hour.
    void Tell(List<KeptPart> kept)
    {
        foreach (var part in kept.Where(part => part.IsFault && !_kept.Contains(part)))
            Log.Kept(_logger, part.Name, part.Reason);
    }

    void TellChange(SpecsState? before, SpecsState next)
    {
        var (was, now) = (before?.Document.Gpu, next.Document.Gpu);
        if (was is null || !now.IsSameSet(was))
            Log.Changed(_logger, now.Describe(), was?.Describe() ?? "nothing", next.Document.Cpu.Count, next.Document.Ram.Total >> 30);
    }

    void Save(SpecsState state)
    {
        try
        {
            _file?.Write(state);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            Log.NotSaved(_logger, fault.Message);
        }
    }

    static partial class Log
    {
        [LoggerMessage(6330, LogLevel.Warning, "The part {Part} of the hardware document is not renewed: {Reason}")]
        public static partial void Kept(ILogger logger, string part, string reason);

        [LoggerMessage(6331, LogLevel.Information, "The hardware document says {Gpus} (before: {Before}), {Cores} cores, {Memory} GiB of memory")]
        public static partial void Changed(ILogger logger, string gpus, string before, int cores, long memory);

        [LoggerMessage(6332, LogLevel.Error, "The hardware document cannot be kept over a restart: {Reason} See to the state directory.")]
        public static partial void NotSaved(ILogger logger, string reason);
    }
}
