using Bittensor.Substrate;
using Bittensor.Tests.Axon;
using Microsoft.Extensions.Time.Testing;

namespace Bittensor.Tests.Substrate;

public sealed class OutageLogTests : IDisposable
{
    static readonly Uri First = new("wss://one.example");
    static readonly Uri Second = new("wss://two.example");
    static readonly TimeSpan Pause = TimeSpan.FromSeconds(8);

    readonly FakeTimeProvider _time = new();
    readonly RecordedLogs _logs = new();
    readonly OutageLog _outage;

    public OutageLogTests() => _outage = new OutageLog(_time, _logs);

    string[] Lines => [.. _logs.Lines.Select(line => $"{line.Id.Id} {line.Text.Trim()}")];

    public void Dispose() => _logs.Dispose();

    [Fact]
    public void Failed_SameCausesForADay_FirstEachThenRemindersAtGrowingIntervals()
    {
        for (var elapsed = TimeSpan.Zero; elapsed < TimeSpan.FromHours(24); elapsed += Pause * 2)
        {
            Fail(First, "Refused.");
            Fail(Second, "No such host.");
        }

        Assert.Equal(["4002 Refused. Trying again in 8.0 s, and on", "4002 No such host. Trying again in 8.0 s, and on"], Lines[..2]);
        Assert.StartsWith("4004 No connection to the chain for 0:01:04, still trying.", Lines[2], StringComparison.Ordinal);
        Assert.All(Lines[2..], line => Assert.StartsWith("4004", line, StringComparison.Ordinal));
        // After 1, 4, 13 and 40 minutes, then every hour.
        Assert.InRange(Lines.Length, 2 + 4 + 22, 2 + 4 + 24);
    }

    [Fact]
    public void Failed_CauseChanges_IsSaidAtOnce()
    {
        Fail(First, "Refused.");
        Fail(First, "Refused.");
        Fail(First, "TLS.");
        Fail(First, "TLS.");

        Assert.Equal(["4002 Refused. Trying again in 8.0 s, and on", "4002 TLS. Trying again in 8.0 s, and on"], Lines);
    }

    [Fact]
    public void Failed_AnotherCauseEachTime_DoesNotFillTheLog()
    {
        for (var count = 0; count < 10_000; count++)
            Fail(First, $"Fault {count}.");

        Assert.InRange(Lines.Length, 16, 16 + 30);
    }

    [Fact]
    public void Connected_AfterAnOutage_OneLineWithItsDuration()
    {
        _outage.Connected(First, 393, 15, 1);
        _time.Advance(TimeSpan.FromHours(1));
        Fail(First, "Lost.");
        _time.Advance(TimeSpan.FromSeconds(22));
        _outage.Connected(Second, 394, 16, 7);

        Assert.Equal(
        [
            "4001 Connected to the chain at wss://one.example/: spec version 393, metadata V15, block 1",
            "4002 Lost. Trying again in 8.0 s, and on",
            "4005 Connected to the chain at wss://two.example/ again after 0:00:30: spec version 394, metadata V16, block 7",
        ], Lines);
    }

    [Theory]
    [InlineData("wss://node.example/v1/0123456789abcdef")]
    [InlineData("wss://node.example/?key=0123456789abcdef")]
    [InlineData("wss://me:0123456789abcdef@node.example")]
    public void Connected_AddressWithAKeyInIt_IsShownWithoutIt(string endpoint)
    {
        _outage.Connected(new Uri(endpoint), 393, 15, 1);

        Assert.StartsWith("4001 Connected to the chain at wss://node.example/***: spec", Lines[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Failed_EndpointAcceptsAndDropsForAnHour_IsOneOutage()
    {
        for (var count = 0; count < 450; count++)
        {
            _outage.Connected(First, 393, 15, 1);
            Fail(First, "Lost.");
        }

        Assert.InRange(Lines.Length, 3, 14);
    }

    [Fact]
    public void Failed_AfterAConnectionThatHeld_IsANewOutage()
    {
        Fail(First, "Lost.");
        _outage.Connected(First, 393, 15, 1);
        _time.Advance(TimeSpan.FromHours(3));
        Fail(First, "Lost.");

        Assert.Equal(2, Lines.Count(line => line.StartsWith("4002 Lost.", StringComparison.Ordinal)));
    }

    [Fact]
    public void Failed_ClockSetBack_RemindsAllTheSame()
    {
        var clock = new SettableClock(_time);
        var outage = new OutageLog(clock, _logs);
        outage.Failed(First, "Refused.", Pause);
        clock.Ahead = -TimeSpan.FromDays(30);
        _time.Advance(TimeSpan.FromSeconds(70));

        outage.Failed(First, "Refused.", Pause);

        Assert.StartsWith("4004 No connection to the chain for 0:01:10,", Lines[^1], StringComparison.Ordinal);
    }

    /// <summary>Its wall clock can be set; the time since its start goes on as it did.</summary>
    sealed class SettableClock(TimeProvider steady) : TimeProvider
    {
        public TimeSpan Ahead { get; set; }

        public override long TimestampFrequency => steady.TimestampFrequency;

        public override DateTimeOffset GetUtcNow() => steady.GetUtcNow() + Ahead;

        public override long GetTimestamp() => steady.GetTimestamp();
    }

    void Fail(Uri endpoint, string reason)
    {
        _outage.Failed(endpoint, reason, Pause);
        _time.Advance(Pause);
    }
}
