using ComputeMiner.Allocations;
using ComputeMiner.Containers;
using ComputeMiner.Tests.Containers;
using Microsoft.Extensions.Logging;

namespace ComputeMiner.Tests.Allocations;

/// <summary>A miner's allocation side on the machine's Docker Engine; everything it logs is kept.</summary>
sealed class DockerMachine : IAsyncDisposable
{
    readonly DockerFixture _docker;
    readonly TimeProvider? _days;
    readonly TemporaryDirectory _directory = new();
    readonly KeptLog _log = new();
    readonly ILoggerFactory _loggers;
    RentalClock _clock = null!;

    DockerMachine(DockerFixture docker, TimeProvider? days)
    {
        (_docker, _days) = (docker, days);
        _loggers = LoggerFactory.Create(builder => builder.AddProvider(_log).SetMinimumLevel(LogLevel.Trace));
        Open();
    }

    public AllocationLedger Ledger { get; private set; } = null!;

    public Allocator Allocator { get; private set; } = null!;

    public string LogText => _log.Text;

    /// <param name="docker">Where its containers are.</param>
    /// <param name="days">The time by which rentals last; the machine's own when null.</param>
    public static async Task<DockerMachine> StartAsync(DockerFixture docker, TimeProvider? days = null)
    {
        var machine = new DockerMachine(docker, days);
        await machine.ReadyAsync();
        return machine;
    }

    /// <summary>Opens the same ledger again, as a new process would.</summary>
    public async Task ReopenAsync()
    {
        Ledger.Dispose();
        Open();
        await ReadyAsync();
    }

    public AllocateEndpoint Endpoint() => new(Allocator, () => true, _docker.Settings.SshPort, 190, _loggers.CreateLogger<AllocateEndpoint>());

    public async ValueTask DisposeAsync()
    {
        await Allocator.DisposeAsync();
        Ledger.Dispose();
        _directory.Dispose();
        _loggers.Dispose();
        await _docker.RemoveAllAsync();
    }

    void Open()
    {
        Ledger = AllocationLedger.Open(_directory.At("state"));
        _clock = _days is { } days
            ? new RentalClock(new BootClock(() => new BootMoment("", days.GetUtcNow() - DateTimeOffset.UnixEpoch)), days)
            : new RentalClock(BootClock.OfMachine(), TimeProvider.System);
        Allocator = new Allocator(_docker.Engine, Ledger, new AllocationOptions(), _docker.Settings, _clock, TimeProvider.System, _loggers.CreateLogger<Allocator>());
    }

    async Task ReadyAsync()
    {
        var reconciler = new AllocationReconciler(
            _docker.Engine, Ledger, _clock, _loggers.CreateLogger<AllocationReconciler>());
        await Allocator.RestoreAsync(reconciler, CancellationToken.None);
        Allocator.UseImage(_docker.Image);
    }

    sealed class KeptLog : ILoggerProvider, ILogger
    {
        readonly System.Text.StringBuilder _text = new();

        public string Text
        {
            get
            {
                lock (_text)
                    return _text.ToString();
            }
        }

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            lock (_text)
                _text.AppendLine(formatter(state, exception)).AppendLine(exception?.ToString());
        }

        public void Dispose()
        {
        }
    }
}
