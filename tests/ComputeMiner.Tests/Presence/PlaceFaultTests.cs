using DevNet;

namespace ComputeMiner.Tests.Presence;

/// <summary>
/// Every fault on every runtime, while the miner's place is settled and while it is being taken: afterwards, within one block of the
/// node's return, the entry on chain is right and the metagraph of the newest block, without anybody's help.
/// </summary>
public sealed class PlaceFaultTests
{
    static readonly DevRuntime[] All = [DevRuntime.Classic, DevRuntime.Current, DevRuntime.Next];

    static readonly (DevRuntime From, DevRuntime To)[] Upgrades =
        [(DevRuntime.Classic, DevRuntime.Current), (DevRuntime.Current, DevRuntime.Next), (DevRuntime.Classic, DevRuntime.Next)];

    static readonly Dictionary<string, Func<PlaceScene, Task>> Always = new()
    {
        [nameof(PlaceFaults.CloseSockets)] = PlaceFaults.CloseSockets,
        [nameof(PlaceFaults.StopListening)] = PlaceFaults.StopListening,
        [nameof(PlaceFaults.AnswerLate)] = PlaceFaults.AnswerLate,
        [nameof(PlaceFaults.AnswerOutOfOrder)] = PlaceFaults.AnswerOutOfOrder,
        [nameof(PlaceFaults.SendGarbage)] = PlaceFaults.SendGarbage,
        [nameof(PlaceFaults.SendInvalidText)] = PlaceFaults.SendInvalidText,
        [nameof(PlaceFaults.SendOversizedFrame)] = PlaceFaults.SendOversizedFrame,
        [nameof(PlaceFaults.NotifyBeforeReply)] = PlaceFaults.NotifyBeforeReply,
        [nameof(PlaceFaults.ComeToAnotherChain)] = PlaceFaults.ComeToAnotherChain,
        [nameof(PlaceFaults.ReorganiseHead)] = PlaceFaults.ReorganiseHead,
        [nameof(PlaceFaults.DelayFinality)] = PlaceFaults.DelayFinality,
    };

    static readonly Dictionary<string, Func<PlaceScene, Task>> Serving = new()
    {
        [nameof(PlaceFaults.ReorganiseTheEntryAway)] = PlaceFaults.ReorganiseTheEntryAway,
        [nameof(PlaceFaults.RetractTransaction)] = PlaceFaults.RetractTransaction,
        [nameof(PlaceFaults.DropTransaction)] = PlaceFaults.DropTransaction,
        [nameof(PlaceFaults.InvalidateTransaction)] = PlaceFaults.InvalidateTransaction,
        [nameof(PlaceFaults.UsurpTransaction)] = PlaceFaults.UsurpTransaction,
    };

    static readonly Dictionary<string, Func<PlaceScene, DevRuntime, Task>> Upgrading = new()
    {
        ["UpgradeWhileConnected"] = (scene, to) =>
        {
            scene.Chain.Upgrade(to);
            return Task.CompletedTask;
        },
        [nameof(PlaceFaults.UpgradeWhileUnreachable)] = PlaceFaults.UpgradeWhileUnreachable,
        [nameof(PlaceFaults.RetractUpgrade)] = PlaceFaults.RetractUpgrade,
    };

    public static TheoryData<string, bool, DevRuntime> Matrix => [.. Rows(Always, true), .. Rows(Always, false), .. Rows(Serving, false)];

    public static TheoryData<string, bool, DevRuntime, DevRuntime> UpgradeMatrix => [.. 
        from name in Upgrading.Keys from settled in (bool[])[true, false] from step in Upgrades select (name, settled, step.From, step.To)];

    [Theory]
    [MemberData(nameof(Matrix))]
    public async Task Fault_Over_PlaceIsIntactWithinOneBlock(string fault, bool settled, DevRuntime runtime)
    {
        await using var scene = await PlaceScene.OpenAsync(runtime, settled);

        await (Always.GetValueOrDefault(fault) ?? Serving[fault])(scene);

        await scene.AssertInPlaceAsync();
    }

    [Theory]
    [MemberData(nameof(UpgradeMatrix))]
    public async Task Upgrade_Over_PlaceIsIntactWithinOneBlock(string upgrade, bool settled, DevRuntime from, DevRuntime to)
    {
        await using var scene = await PlaceScene.OpenAsync(from, settled);

        await Upgrading[upgrade](scene, to);

        await scene.AssertInPlaceAsync();
    }

    static IEnumerable<(string, bool, DevRuntime)> Rows(Dictionary<string, Func<PlaceScene, Task>> faults, bool settled) =>
        from name in faults.Keys from runtime in All select (name, settled, runtime);
}
