using System.Net;
using Bittensor.Axon;
using Bittensor.Compute;
using Bittensor.Dendrite;
using Bittensor.Keys;
using ComputeMiner.Specs;
using Microsoft.Extensions.Logging.Abstractions;

namespace ComputeMiner.Tests.Specs;

/// <summary>The route on a real axon: what a signed request gets.</summary>
public class SpecsEndpointTests
{
    [Theory]
    [InlineData("{\"gpu\":{\"count\":2}}", "{\"gpu\":{\"count\":2}}")]
    [InlineData(null, "")]
    public async Task Call_Enabled_AnswersThePublishedDocumentAndDropsWhatWasSent(string? published, string expected)
    {
        var answer = await CallAsync([new SpecsEndpoint(() => published)]);

        Assert.Equal(200, answer.HttpStatus);
        Assert.Equal(("", expected), (answer.Synapse.SpecsInput, answer.Synapse.SpecsOutput));
    }

    [Fact]
    public async Task Call_NotServed_Is404() => Assert.Equal(404, (await CallAsync([])).HttpStatus);

    static async Task<DendriteResponse<SpecsSynapse>> CallAsync(IReadOnlyList<AxonEndpoint> endpoints)
    {
        using var miner = Keypair.FromUri("//Miner");
        using var validator = Keypair.FromUri("//Validator");
        await using var axon = new AxonServer(
            new AxonOptions { Address = IPAddress.Loopback, Port = 0 }, miner.Hotkey, new EveryoneAdmitted(), endpoints, TimeProvider.System,
            NullLoggerFactory.Instance);
        await axon.StartAsync(TestContext.Current.CancellationToken);
        using var dendrite = new DendriteClient(validator, new DendriteOptions());
        return await dendrite.CallAsync(
            new AxonTarget(axon.EndPoint, miner.Hotkey), new SpecsSynapse { SpecsInput = "import os; os.system('id')", SpecsOutput = "mine" },
            TimeSpan.FromSeconds(12), TestContext.Current.CancellationToken);
    }

    sealed class EveryoneAdmitted : IAxonAdmission
    {
        public AxonVerdict Admit(in AxonCaller caller) => AxonVerdict.Admitted;

        public double Priority(in AxonCaller caller) => 0;
    }
}
