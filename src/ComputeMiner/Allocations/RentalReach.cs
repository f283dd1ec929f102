using ComputeMiner.Containers;

namespace ComputeMiner.Allocations;

/// <summary>
/// Looks whether the renter can still come in: that his container runs says nothing of that, as where the engine came back without the port.
/// It is said and nothing else; a tenant may have stopped his own sshd.
/// </summary>
/// <param name="allocator">Who has the machine.</param>
/// <param name="port">The renter's port.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">What an operator acts on.</param>
sealed partial class RentalReach(Allocator allocator, int port, TimeProvider time, ILogger<RentalReach> logger) : BackgroundService
{
    /// <summary>In a row: a restart of the container or of the engine takes some seconds.</summary>
    public const int MostMisses = 3;

    static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    volatile string _detail = "nobody has the machine";
    volatile bool _isLost;
    string? _rental;
    int _misses;

    /// <summary>Somebody has the machine and cannot log in.</summary>
    public bool IsLost => _isLost;

    /// <summary>The same for a person.</summary>
    public string Detail => _detail;

    /// <summary>Looks once.</summary>
    public async Task LookAsync(CancellationToken cancellation)
    {
        if (allocator.Current.Allocation is not { Kind: AllocationKind.Rental, State: AllocationState.Running } held)
        {
            Forget("nobody has the machine, or it is paused");
            return;
        }
        if (held.Id != _rental)
            Forget("");
        _rental = held.Id;
        if (await SshReadiness.TryReadAsync(port, TimeProvider.System, cancellation) is not null)
        {
            if (_isLost)
                Log.Back(logger, held.Id, port);
            (_misses, _isLost, _detail) = (0, false, $"answers on port {port}");
            return;
        }
        if (++_misses < MostMisses)
            return;
        _detail = $"no SSH greeting on port {port} since {_misses} looks, one a minute; see `docker ps` and the firewall, or the tenant stopped his own sshd";
        if (!_isLost)
            Log.Lost(logger, held.Id, port);
        _isLost = true;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        do
            await LookAsync(stoppingToken);
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    void Forget(string why) => (_rental, _misses, _isLost, _detail) = (null, 0, false, why);

    static partial class Log
    {
        [LoggerMessage(2080, LogLevel.Error, "The renter of {Rental} cannot log in: no SSH greeting on port {Port} for minutes. See `docker ps` and the firewall; the tenant may have stopped his own sshd. The rental goes on.")]
        public static partial void Lost(ILogger logger, string rental, int port);

        [LoggerMessage(2081, LogLevel.Information, "The renter of {Rental} can log in again on port {Port}")]
        public static partial void Back(ILogger logger, string rental, int port);
    }
}
