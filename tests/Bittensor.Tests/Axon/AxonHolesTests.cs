using System.Text;
using Bittensor.Axon;
using Bittensor.Compute;
using Bittensor.Dendrite;
using Bittensor.Synapses;

namespace Bittensor.Tests.Axon;

/// <summary>
/// The authentication holes B02 to B14 of the reference: each test passes what the reference lets through and expects it to
/// be refused, or to have no effect.
/// </summary>
public class AxonHolesTests
{
    const string Signature = "bt_header_dendrite_signature";
    const string Nonce = "bt_header_dendrite_nonce";
    const string ZeroAddress = "5C4hrfjw9DjXZTzV3MwzrrAr9P1MJhSrvWGWqi1eSuyUpnhM";

    [Fact]
    public async Task B02_SignatureMissing_IsRefused()
    {
        await using var axon = await TestAxon.StartAsync();

        Assert.Equal(401, (await axon.ExchangeAsync(axon.AllocateText(request => request.Remove(Signature)))).Status);
        Assert.Equal(401, (await axon.ExchangeAsync(axon.AllocateText(request => request.Set(Signature, "")))).Status);
        Assert.Empty(axon.Handled);
    }

    [Fact]
    public async Task B03_BodyOfAnotherIdentity_IsRefusedAndTheReplayOfTheHeadersToo()
    {
        await using var axon = await TestAxon.StartAsync();
        var other = TestAxon.Other.Hotkey.ToString();
        var request = Build(axon);
        var swapped = request.Body.Replace(TestAxon.Validator.Hotkey.ToString(), other, StringComparison.Ordinal);

        var original = request.Body;
        request.Body = swapped;
        Assert.Equal(400, (await axon.ExchangeAsync(request.ToWire())).Status);
        request.Body = original;
        Assert.Equal(401, (await axon.ExchangeAsync(request.ToWire())).Status);
        Assert.Empty(axon.Handled);
    }

    [Theory]
    [InlineData("1000000000.0", 401)]
    [InlineData("nan", 400)]
    [InlineData("-1000.0", 400)]
    public async Task B04_TimeoutHeaderChanged_DoesNotWidenTheWindow(string timeout, int status)
    {
        await using var axon = await TestAxon.StartAsync();
        var request = Build(axon).Set("timeout", timeout);
        axon.Time.Advance(TimeSpan.FromSeconds(125));

        Assert.Equal(status, (await axon.ExchangeAsync(request.ToWire())).Status);
    }

    [Theory]
    [InlineData("7001000")]
    [InlineData(null)]
    public async Task B05_VersionLoweredOrTakenOut_IsRefused(string? version)
    {
        await using var axon = await TestAxon.StartAsync();
        var request = Build(axon);
        request = version is null ? request.Remove("bt_header_dendrite_version") : request.Set("bt_header_dendrite_version", version);
        axon.Time.Advance(TimeSpan.FromHours(1));

        Assert.Equal(401, (await axon.ExchangeAsync(request.ToWire())).Status);
    }

    [Fact]
    public async Task B06_CaptureReplayedAfterARestart_IsTooOld()
    {
        string capture;
        await using (var before = await TestAxon.StartAsync())
        {
            capture = Build(before).Set("timeout", "100000.0").ToWire();
            Assert.Equal(200, (await before.ExchangeAsync(capture)).Status);
        }
        await using var restarted = await TestAxon.StartAsync();
        restarted.Time.Advance(TimeSpan.FromMinutes(5));

        Assert.Equal(401, (await restarted.ExchangeAsync(capture)).Status);
    }

    [Fact]
    public async Task B07_NonceStored_AgeAndFutureAreStillChecked()
    {
        await using var axon = await TestAxon.StartAsync();
        using var dendrite = axon.Dendrite();
        var stale = dendrite.Build(axon.Target, new AllocateSynapse(), TimeSpan.FromSeconds(15));
        var rising = dendrite.Build(axon.Target, new AllocateSynapse(), TimeSpan.FromSeconds(15));
        Assert.Equal(200, (await axon.ExchangeAsync(stale.ToWire())).Status);

        axon.Time.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(401, (await axon.ExchangeAsync(rising.ToWire())).Status);

        axon.Time.Advance(TimeSpan.FromMinutes(5));
        var future = Build(axon);
        await using var behind = await TestAxon.StartAsync();
        Assert.Equal(401, (await behind.ExchangeAsync(future.ToWire())).Status);
        Assert.Equal(0, behind.Pipeline.Nonces.Count);
    }

    [Fact]
    public async Task B08_FloodOfFreshUuids_IsForgottenAndPingsAreNotKeptWithThem()
    {
        await using var axon = await TestAxon.StartAsync();
        for (var i = 0; i < 100; i++)
        {
            using var fresh = axon.Dendrite();
            await axon.ExchangeAsync(fresh.Build(axon.Target, new AllocateSynapse(), TimeSpan.FromSeconds(15)).ToWire());
            await axon.ExchangeAsync(fresh.Build(axon.Target, new PingSynapse(), TimeSpan.FromSeconds(15)).ToWire());
            axon.Time.Advance(TimeSpan.FromMilliseconds(1));
        }

        Assert.Equal(64, axon.Pipeline.Nonces.Count);
        axon.Time.Advance(TimeSpan.FromMinutes(10));
        await axon.ExchangeAsync(axon.AllocateText());
        Assert.Equal(1, axon.Pipeline.Nonces.Count);
    }

    [Fact]
    public async Task B08_AddressPingsWithoutEnd_IsThrottledWhileAdmittedCallersAreNot()
    {
        await using var axon = await TestAxon.StartAsync(options => (options.UnprovenBurst, options.UnprovenRate) = (3, 1));
        using var dendrite = axon.Dendrite(TestAxon.Other);
        List<int> pings = [];
        for (var i = 0; i < 5; i++)
            pings.Add((await axon.ExchangeAsync(dendrite.Build(axon.Target, new PingSynapse(), TimeSpan.FromSeconds(12)).ToWire())).Status);

        Assert.Equal([200, 200, 200, 429, 429], pings);
        axon.Time.Advance(TimeSpan.FromSeconds(1));
        for (var i = 0; i < 5; i++)
            Assert.Equal(200, (await axon.ExchangeAsync(axon.AllocateText())).Status);
    }

    [Fact]
    public async Task B09_AllZeroHotkey_IsRefused()
    {
        await using var axon = await TestAxon.StartAsync();

        var answer = await axon.ExchangeAsync(axon.AllocateText(request => request.Set("bt_header_dendrite_hotkey", ZeroAddress)));

        Assert.Equal((401, 1), (answer.Status, axon.Pipeline.Statistics.Count("Allocate", AxonOutcome.Unidentified)));
    }

    [Fact]
    public async Task B10_SameKeyInAnotherFormat_IsAStranger()
    {
        await using var axon = await TestAxon.StartAsync();

        var answer = await axon.ExchangeAsync(axon.AllocateText(
            request => request.Set("bt_header_dendrite_hotkey", "12pWV6LvG4iAfNpFNTvvkWy3H9H8wtCkjiXupAzo2BCmPViM")));

        Assert.Equal((403, 0), (answer.Status, axon.Admission.Asked));
    }

    [Fact]
    public async Task B11_Handler_SeesTheProvedHotkeyOnly()
    {
        await using var axon = await TestAxon.StartAsync();

        await axon.ExchangeAsync(axon.AllocateText(request => request.Body = "{}"));

        var caller = Assert.Single(axon.Handled);
        Assert.Equal(TestAxon.Validator.Hotkey, caller.Hotkey);
        Assert.Equal(TimeSpan.FromSeconds(15), caller.Timeout);
    }

    [Fact]
    public async Task B12_Answers_CarryNoSignatureOfTheAxon()
    {
        await using var axon = await TestAxon.StartAsync();
        var good = await axon.ExchangeAsync(axon.AllocateText());
        var bad = await axon.ExchangeAsync(axon.AllocateText(request => request.Remove(Signature)));

        foreach (var answer in new[] { good, bad })
            Assert.DoesNotContain(answer.Headers, header => header.Key.Contains("signature", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task B12_SignatureBad_StoresNoNonce()
    {
        await using var axon = await TestAxon.StartAsync();
        var request = Build(axon);
        var good = request.Get(Signature)!;

        Assert.Equal(401, (await axon.ExchangeAsync(request.Set(Signature, "0x" + new string('8', 128)).ToWire())).Status);
        Assert.Equal(0, axon.Pipeline.Nonces.Count);
        Assert.Equal(200, (await axon.ExchangeAsync(request.Set(Signature, good).ToWire())).Status);
    }

    [Fact]
    public async Task B13_RequestOfOneValidatorSentByAnother_IsRefused()
    {
        await using var axon = await TestAxon.StartAsync();

        var answer = await axon.ExchangeAsync(axon.AllocateText(
            request => request.Set("bt_header_dendrite_hotkey", TestAxon.Other.Hotkey.ToString()).Body = "{}"));

        Assert.Equal((401, 1), (answer.Status, axon.Pipeline.Statistics.Count("Allocate", AxonOutcome.BadSignature)));
    }

    [Theory]
    [InlineData("bt_header_dendrite_uuid")]
    [InlineData("computed_body_hash")]
    public async Task B14_PartMissingAndSignedAsNone_IsRefused(string header)
    {
        await using var axon = await TestAxon.StartAsync();
        var request = Build(axon).Remove(header);
        var text = string.Join('.',
            request.Get(Nonce), TestAxon.Validator.Hotkey, TestAxon.Miner.Hotkey,
            request.Get("bt_header_dendrite_uuid") ?? "None", request.Get("computed_body_hash") ?? "None");
        request.Set(Signature, "0x" + Convert.ToHexStringLower(TestAxon.Validator.Sign(Encoding.UTF8.GetBytes(text)))).Body = "{}";

        Assert.Equal(401, (await axon.ExchangeAsync(request.ToWire())).Status);
    }

    [Fact]
    public async Task Replay_SentManyTimesAtOnce_IsServedOnce()
    {
        await using var axon = await TestAxon.StartAsync();
        var request = axon.AllocateText();

        var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => axon.ExchangeAsync(request)));

        Assert.Equal(1, answers.Count(answer => answer.Status == 200));
        Assert.Equal(15, answers.Count(answer => answer.Status == 401));
        Assert.Single(axon.Handled);
    }

    static DendriteRequest Build(TestAxon axon)
    {
        using var dendrite = axon.Dendrite();
        return dendrite.Build(axon.Target, new AllocateSynapse(), TimeSpan.FromSeconds(15));
    }
}
