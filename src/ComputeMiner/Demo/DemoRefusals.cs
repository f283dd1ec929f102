using Bittensor.Compute;
using Bittensor.Dendrite;
using Bittensor.Keys;
using Bittensor.Synapses;

namespace ComputeMiner.Demo;

/// <summary>Callers that must not get in, each with a request that is right but for one thing.</summary>
sealed class DemoRefusals(DemoSteps steps, DemoNetwork network, AxonTarget target, Hotkey exploiter)
{
    static readonly TimeSpan Timeout = TimeSpan.FromSeconds(12);

    public async Task RunAsync(CancellationToken cancellation)
    {
        using var validator = new DendriteClient(network.Validator, new DendriteOptions());
        var replayed = Request(validator);
        await steps.RunAsync("Admitted, for comparison", () => ExpectAsync(validator, replayed, 200, cancellation));
        await steps.RunAsync("Replayed request", () => ExpectAsync(validator, replayed, 401, cancellation));
        await steps.RunAsync("Unsigned request", () =>
            ExpectAsync(validator, Request(validator).Remove(SynapseHeaderNames.DendriteSignature), 401, cancellation));
        await steps.RunAsync("Signed for another miner's hotkey", () =>
            ExpectAsync(validator, Request(validator, target with { Hotkey = network.Stranger.Hotkey }), 401, cancellation));

        using var stranger = new DendriteClient(network.Stranger, new DendriteOptions());
        await steps.RunAsync("Unknown hotkey", () => ExpectAsync(stranger, Request(stranger), 403, cancellation));
        await steps.RunAsync("Exploiter hotkey", () =>
            ExpectAsync(validator, Request(validator).Set(SynapseHeaderNames.DendriteHotkey, exploiter.ToString()), 403, cancellation));
        using var poor = new DendriteClient(network.PoorCaller, new DendriteOptions());
        await steps.RunAsync("Too little stake", () => ExpectAsync(poor, Request(poor), 403, cancellation));
    }

    DendriteRequest Request(DendriteClient dendrite, AxonTarget? to = null) =>
        dendrite.Build(to ?? target, new AllocateSynapse { Timeline = 1, Checking = true }, Timeout);

    static async Task<string> ExpectAsync(DendriteClient dendrite, DendriteRequest request, int status, CancellationToken cancellation)
    {
        var answer = await dendrite.SendAsync<AllocateSynapse>(request, cancellation);
        Demand.That(answer.HttpStatus == status, $"answered {answer.HttpStatus} {answer.StatusMessage}, not {status}");
        return $"{answer.HttpStatus} {answer.StatusMessage}";
    }
}
