using System.Text.Json.Nodes;
using Bittensor.Keys;
using Bittensor.Subtensor;
using ComputeMiner.Admission;

namespace ComputeMiner.Registry;

/// <summary>
/// Reads whom the validators call allocated. A run counts when it is signed by the hotkey it names and that hotkey has the stake of a
/// validator; a broken or hostile run is skipped and spoils nothing else.
/// </summary>
/// <param name="access">Where to read.</param>
/// <param name="hotkey">The miner's own.</param>
/// <param name="netuid">The subnet.</param>
/// <param name="metagraphs">Says who has it.</param>
sealed class AllocationReader(
    RegistryAccess access, Hotkey hotkey, Netuid netuid, MetagraphSource metagraphs)
{
    /// <summary>S a validator has more than, whole units: the subnet's own bound (<c>validator_permit_stake</c>), whatever we admit.</summary>
    const double ValidatorStake = 10_000;

    static readonly string[] Keys = ["hotkey", "signature", "allocated_hotkeys"];

    /// <summary>Asks once.</summary>
    /// <param name="allocatedBy">The validator that allocated this machine; null when it is free.</param>
    /// <param name="cancellation">Ends it.</param>
    public async Task<AllocationReading> ReadAsync(Hotkey? allocatedBy, CancellationToken cancellation)
    {
        var (key, reason) = access.FindKey();
        if (key is null)
            return Unknown($"the registry is {reason}");
        if (metagraphs.Current is not { } metagraph)
            return Unknown("the metagraph was not read yet, so nobody's stake is known");
        using var transport = access.Open(key);
        var (found, counted) = (0, new List<(Hotkey Validator, bool ListsUs)>());
        try
        {
            var isWhole = await new RegistryApi(transport, access.Settings).FindRunsAsync(Filter(), Keys, run =>
            {
                found++;
                if (Read(run, metagraph) is { } read)
                    counted.Add(read);
            }, cancellation);
            return isWhole ? Judge(counted, found, allocatedBy) : Unknown("the registry's answer has no end");
        }
        catch (RegistryException fault)
        {
            return Unknown(fault.Message);
        }
    }

    static AllocationReading Judge(List<(Hotkey Validator, bool ListsUs)> counted, int found, Hotkey? allocatedBy)
    {
        var skipped = found - counted.Count;
        if (counted.Exists(run => run.ListsUs))
            return new(AllocationVerdict.Listed, counted.Count, skipped, $"listed by {counted.Find(run => run.ListsUs).Validator}{Left(skipped)}");
        if (counted.Count == 0)
            return new(AllocationVerdict.Unknown, 0, skipped, $"no run of a validator counts among {found}");
        return allocatedBy is { } owner && !counted.Exists(run => run.Validator == owner)
            ? new(AllocationVerdict.Unknown, counted.Count, skipped, $"{owner}, who allocated this machine, has no run that counts")
            : new(AllocationVerdict.NotListed, counted.Count, skipped, $"{counted.Count} validators' runs do not list this machine{Left(skipped)}");
    }

    static string Left(int skipped) => skipped == 0 ? "" : $"; {skipped} runs without a validator's stake or signature do not count";

    (Hotkey Validator, bool ListsUs)? Read(RegistryRun run, Metagraph metagraph)
    {
        var document = LenientJson.ParseObject(run.Config);
        if (!Hotkey.TryParse(RunDocument.Text(document, "hotkey"), out var validator)
            || RunDocument.Text(document, "signature") is not { } signature
            || RunDocument.Value(document, "allocated_hotkeys") is not JsonArray allocated
            || !metagraph.TryGetNeuron(validator, out var neuron) || !(neuron.Stake > ValidatorStake)
            || !RunSignature.Verify(validator, run.Name, signature))
        {
            return null;
        }
        var own = hotkey.ToString();
        return (validator, allocated.Any(item => item is JsonValue value && value.TryGetValue<string>(out var text) && text == own));
    }

    JsonObject Filter() => new()
    {
        ["$and"] = new JsonArray(
            new JsonObject { ["config.role"] = "validator" },
            new JsonObject { ["config.config.netuid"] = netuid.Value },
            new JsonObject { ["config.allocated_hotkeys"] = new JsonObject { ["$exists"] = true } }),
    };

    static AllocationReading Unknown(string why) => new(AllocationVerdict.Unknown, 0, 0, why);
}
