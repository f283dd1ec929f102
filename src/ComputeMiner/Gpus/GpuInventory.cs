namespace ComputeMiner.Gpus;

/// <summary>The NVIDIA GPUs of this machine: asked through NVML, else through nvidia-smi. Others are not seen.</summary>
/// <param name="library">NVML's file.</param>
/// <param name="program">The nvidia-smi program.</param>
/// <param name="time">The clock; the machine's when null.</param>
sealed class GpuInventory(string library = NvmlLibrary.File, string program = NvidiaSmi.Program, TimeProvider? time = null)
{
    // A driver that is asked for the first time since its module was loaded takes some seconds with eight GPUs.
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    readonly TimeProvider _time = time ?? TimeProvider.System;
    readonly NvidiaSmi _second = new(program, time ?? TimeProvider.System);
    volatile Task _abandoned = Task.CompletedTask;

    /// <summary>All GPUs that work, by their index; empty where there is no driver. One that is lost is not among them.</summary>
    /// <exception cref="GpuReadException">A driver is there and does not answer.</exception>
    public async Task<IReadOnlyList<Gpu>> ReadAsync(CancellationToken cancellation)
    {
        var (gpus, fault) = await AskLibraryAsync(cancellation);
        if (gpus is not null)
            return gpus;
        return fault is null ? await _second.TryReadAsync(mustBeWhole: false, cancellation) ?? [] : await AskAfterAsync(fault, cancellation);
    }

    // A library that fails or hangs is not the driver's last word; but then half an answer is none, and so is an empty one.
    async Task<IReadOnlyList<Gpu>> AskAfterAsync(GpuReadException fault, CancellationToken cancellation)
    {
        try
        {
            return await _second.TryReadAsync(mustBeWhole: true, cancellation) is { Count: > 0 } told ? told : throw fault;
        }
        catch (GpuReadException also) when (also != fault)
        {
            throw new GpuReadException($"{fault.Message} {also.Message}", also);
        }
    }

    // A broken driver can hold a call for ever, and nothing ends such a call: not on the caller's thread, and only one at a time.
    async Task<(IReadOnlyList<Gpu>? Gpus, GpuReadException? Fault)> AskLibraryAsync(CancellationToken cancellation)
    {
        var earlier = _abandoned;
        await earlier.WaitAsync(Patience, _time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellation.ThrowIfCancellationRequested();
        if (!earlier.IsCompleted)
            return (null, Hangs());
        var call = Task.Run(() => NvmlLibrary.TryRead(library), CancellationToken.None);
        try
        {
            return (await call.WaitAsync(Patience, _time, cancellation), null);
        }
        catch (GpuReadException fault)
        {
            return (null, fault);
        }
        catch (TimeoutException)
        {
            return (null, Hangs());
        }
        finally
        {
            if (!call.IsCompleted)
                _abandoned = call;
        }
    }

    static GpuReadException Hangs() => new(
        $"The NVIDIA driver did not answer within {Patience.TotalSeconds:0} s; a GPU may hang. See `dmesg` for Xid errors; a restart of the machine helps.");
}
