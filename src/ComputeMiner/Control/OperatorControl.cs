using ComputeMiner.Allocations;

namespace ComputeMiner.Control;

/// <summary>Does what the operator asks of the running miner.</summary>
sealed partial class OperatorControl(Allocator allocator, DrainSwitch drain, ILogger<OperatorControl> logger)
{
    /// <summary>Has a newer version installed; null where nothing can.</summary>
    public Func<(bool Done, string Said)>? Install { get; init; }

    public async Task<ControlReply> AnswerAsync(ControlRequest request, CancellationToken cancellation) => request.Command switch
    {
        ControlRequest.Holder => new ControlReply(true, Held: Describe(allocator.Current.Allocation)),
        ControlRequest.Release => await ReleaseAsync(request.Allocation, cancellation),
        ControlRequest.Drain => Switch(on: true),
        ControlRequest.Accept => Switch(on: false),
        ControlRequest.Install when Install is { } install && install() is var (done, said) => new ControlReply(done, said),
        _ => new ControlReply(false, $"'{request.Command}' is not known to this miner. Use the program that started it."),
    };

    async Task<ControlReply> ReleaseAsync(string? id, CancellationToken cancellation)
    {
        if (id is null || allocator.Current.Allocation?.Id != id)
            return new ControlReply(false, "That allocation does not hold the machine any more. See `miner status`.");
        return await allocator.ReleaseByOperatorAsync(id, cancellation)
            ? new ControlReply(true)
            : new ControlReply(false, "The release could not be written down; the miner's log tells why. The machine stays with its renter.");
    }

    ControlReply Switch(bool on)
    {
        try
        {
            drain.Set(on);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return new ControlReply(false, $"It cannot be kept on disk: {fault.Message} Check the state directory.");
        }
        if (on)
            Log.Draining(logger);
        else
            Log.Accepting(logger);
        return new ControlReply(true);
    }

    HeldMachine? Describe(Allocation? held) => held is null
        ? null
        : new HeldMachine(held.Id, held.Kind.ToString(), held.State.ToString(), held.Hotkey.ToString(),
            allocator.Clock.ToWall(held.Started), allocator.Clock.ToWall(held.Expires));

    static partial class Log
    {
        [LoggerMessage(6300, LogLevel.Information, "Drain is on: nothing new is handed out; who has the machine keeps it")]
        public static partial void Draining(ILogger logger);

        [LoggerMessage(6301, LogLevel.Information, "Drain is off: the machine can be handed out")]
        public static partial void Accepting(ILogger logger);
    }
}
