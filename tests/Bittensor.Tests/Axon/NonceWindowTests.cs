using Bittensor.Axon;

namespace Bittensor.Tests.Axon;

public class NonceWindowTests
{
    const string Uuid = "a";

    [Fact]
    public void TryAdvance_RisingNonces_AreAcceptedOnceEach()
    {
        var window = new NonceWindow();

        Assert.True(window.TryAdvance(Hotkey(1), Uuid, 10));
        Assert.False(window.TryAdvance(Hotkey(1), Uuid, 10));
        Assert.False(window.TryAdvance(Hotkey(1), Uuid, 9));
        Assert.True(window.TryAdvance(Hotkey(1), Uuid, 11));
        Assert.Equal(11, window.HighWaterMark);
    }

    [Fact]
    public void TryAdvance_OtherHotkeyOrUuid_HasItsOwnNonces()
    {
        var window = new NonceWindow();
        window.TryAdvance(Hotkey(1), Uuid, 10);

        Assert.True(window.TryAdvance(Hotkey(2), Uuid, 5));
        Assert.True(window.TryAdvance(Hotkey(1), "b", 5));
        Assert.Equal(3, window.Count);
    }

    [Fact]
    public void IsNew_Asked_ChangesNothing()
    {
        var window = new NonceWindow();

        Assert.True(window.IsNew(Hotkey(1), Uuid, 10));
        Assert.True(window.TryAdvance(Hotkey(1), Uuid, 10));
        Assert.False(window.IsNew(Hotkey(1), Uuid, 10));
    }

    [Fact]
    public void TryAdvance_MoreUuidsThanRemembered_ForgetsTheOldestAndStillRefusesItsReplay()
    {
        var window = new NonceWindow(maxHotkeys: 4, maxUuids: 2);
        window.TryAdvance(Hotkey(1), "a", 10);
        window.TryAdvance(Hotkey(1), "b", 20);

        Assert.True(window.TryAdvance(Hotkey(1), "c", 30));

        Assert.Equal(2, window.Count);
        Assert.False(window.TryAdvance(Hotkey(1), "a", 10));
        Assert.True(window.TryAdvance(Hotkey(2), "a", 10));
    }

    [Fact]
    public void TryAdvance_MoreHotkeysThanRemembered_ForgetsTheStalestAndStillRefusesItsReplay()
    {
        var window = new NonceWindow(maxHotkeys: 2, maxUuids: 2);
        window.TryAdvance(Hotkey(1), Uuid, 10);
        window.TryAdvance(Hotkey(2), Uuid, 20);

        Assert.True(window.TryAdvance(Hotkey(3), Uuid, 30));

        Assert.Equal(2, window.Count);
        Assert.False(window.TryAdvance(Hotkey(1), Uuid, 10));
        Assert.True(window.TryAdvance(Hotkey(2), Uuid, 21));
    }

    [Fact]
    public void TryAdvance_FloodOfUuidsAndHotkeys_StaysBounded()
    {
        var window = new NonceWindow(maxHotkeys: 8, maxUuids: 8);

        for (var i = 1; i <= 10_000; i++)
            window.TryAdvance(Hotkey((byte)(i % 32)), $"uuid{i}", i);

        Assert.InRange(window.Count, 1, 64);
    }

    [Fact]
    public void Forget_OldNonces_AreGoneAndStillRefused()
    {
        var window = new NonceWindow();
        window.TryAdvance(Hotkey(1), "old", 10);
        window.TryAdvance(Hotkey(1), "new", 100);

        window.Forget(50);

        Assert.Equal(1, window.Count);
        Assert.False(window.TryAdvance(Hotkey(1), "old", 10));
        Assert.False(window.TryAdvance(Hotkey(2), "any", 10));
        Assert.True(window.TryAdvance(Hotkey(1), "old", 51));
    }

    /// <summary>A clock that was wrong for a moment must not lock every caller out until it is right again.</summary>
    [Fact]
    public void Forget_ClockWasFarAheadOnce_RefusesOnlyWhatWasForgotten()
    {
        var window = new NonceWindow();
        window.TryAdvance(Hotkey(1), Uuid, 100);

        window.Forget(long.MaxValue);

        Assert.False(window.TryAdvance(Hotkey(1), Uuid, 100));
        Assert.False(window.TryAdvance(Hotkey(1), "other", 99));
        Assert.True(window.TryAdvance(Hotkey(1), Uuid, 101));
    }

    [Fact]
    public void RaiseFloor_MarkOfAnEarlierRun_RefusesItsRequests()
    {
        var earlier = new NonceWindow();
        earlier.TryAdvance(Hotkey(1), Uuid, 10);
        var restarted = new NonceWindow();

        restarted.RaiseFloor(earlier.HighWaterMark);

        Assert.False(restarted.TryAdvance(Hotkey(1), Uuid, 10));
        Assert.True(restarted.TryAdvance(Hotkey(1), Uuid, 11));
    }

    [Fact]
    public void TryAdvance_SameNonceFromManyThreads_IsAcceptedExactlyOnce()
    {
        const int Threads = 8, Nonces = 2_000;
        var window = new NonceWindow();
        var accepted = new int[Nonces];
        using var start = new Barrier(Threads);

        var threads = Enumerable.Range(0, Threads).Select(_ => new Thread(() =>
        {
            start.SignalAndWait();
            for (var nonce = 0; nonce < Nonces; nonce++)
            {
                if (window.TryAdvance(Hotkey(1), Uuid, nonce))
                    Interlocked.Increment(ref accepted[nonce]);
            }
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());

        Assert.All(accepted, count => Assert.InRange(count, 0, 1));
        Assert.Equal(1, accepted[^1]);
        Assert.Equal(Nonces - 1, window.HighWaterMark);
    }

    static Bittensor.Keys.Hotkey Hotkey(byte id)
    {
        Span<byte> key = stackalloc byte[32];
        key.Fill(id);
        return new(new(key));
    }
}
