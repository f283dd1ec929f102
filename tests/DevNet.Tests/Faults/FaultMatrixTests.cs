namespace DevNet.Tests.Faults;

/// <summary>
/// Every fault on every runtime it makes sense on. After each, within one block of the node's return, the miner's axon entry is what it
/// should be and the metagraph is of the newest block.
/// </summary>
public class FaultMatrixTests
{
    static readonly DevRuntime[] All = [DevRuntime.Classic, DevRuntime.Current, DevRuntime.Next];
    static readonly DevRuntime[] Upgradable = [DevRuntime.Classic, DevRuntime.Current];
    static readonly DevRuntime[] One = [DevRuntime.Current];

    static readonly Dictionary<string, (Func<FaultScene, Task> Fault, DevRuntime[] Runtimes)> Rows = new()
    {
        [nameof(ConnectionFaults.CloseSockets)] = (ConnectionFaults.CloseSockets, All),
        [nameof(ConnectionFaults.CloseSocketsWhileServing)] = (ConnectionFaults.CloseSocketsWhileServing, All),
        [nameof(ConnectionFaults.StopListening)] = (ConnectionFaults.StopListening, All),
        [nameof(ConnectionFaults.StopListeningWhileServing)] = (ConnectionFaults.StopListeningWhileServing, All),
        [nameof(ConnectionFaults.Hang)] = (ConnectionFaults.Hang, All),
        [nameof(ConnectionFaults.AnswerLate)] = (ConnectionFaults.AnswerLate, All),
        [nameof(ConnectionFaults.AnswerOutOfOrder)] = (ConnectionFaults.AnswerOutOfOrder, All),
        [nameof(ConnectionFaults.SendGarbage)] = (ConnectionFaults.SendGarbage, One),
        [nameof(ConnectionFaults.SendInvalidText)] = (ConnectionFaults.SendInvalidText, One),
        [nameof(ConnectionFaults.SendOversizedFrame)] = (ConnectionFaults.SendOversizedFrame, One),
        [nameof(ConnectionFaults.TruncateReply)] = (ConnectionFaults.TruncateReply, All),
        [nameof(ConnectionFaults.NotifyBeforeReply)] = (ConnectionFaults.NotifyBeforeReply, All),
        [nameof(ConnectionFaults.ComeToAnotherChain)] = (ConnectionFaults.ComeToAnotherChain, All),
        [nameof(ChainFaults.ReorganiseHead)] = (ChainFaults.ReorganiseHead, All),
        [nameof(ChainFaults.RetractTransaction)] = (ChainFaults.RetractTransaction, All),
        [nameof(ChainFaults.DropTransaction)] = (ChainFaults.DropTransaction, All),
        [nameof(ChainFaults.InvalidateTransaction)] = (ChainFaults.InvalidateTransaction, All),
        [nameof(ChainFaults.UsurpTransaction)] = (ChainFaults.UsurpTransaction, All),
        [nameof(ChainFaults.DelayFinality)] = (ChainFaults.DelayFinality, All),
        [nameof(ChainFaults.TimeOutFinality)] = (ChainFaults.TimeOutFinality, All),
        [nameof(ChainFaults.UpgradeRuntime)] = (ChainFaults.UpgradeRuntime, Upgradable),
        [nameof(ChainFaults.UpgradeRuntimeInTheTransactionsBlock)] = (ChainFaults.UpgradeRuntimeInTheTransactionsBlock, Upgradable),
        [nameof(ChainFaults.UpgradeRuntimeWhileUnreachable)] = (ChainFaults.UpgradeRuntimeWhileUnreachable, Upgradable),
        [nameof(ChainFaults.RetractUpgrade)] = (ChainFaults.RetractUpgrade, Upgradable),
    };

    public static TheoryData<string, DevRuntime> Matrix
    {
        get
        {
            var matrix = new TheoryData<string, DevRuntime>();
            foreach (var (name, row) in Rows)
            {
                foreach (var runtime in row.Runtimes)
                    matrix.Add(name, runtime);
            }
            return matrix;
        }
    }

    [Theory]
    [MemberData(nameof(Matrix))]
    public async Task Fault_Over_PlaceIsIntactWithinOneBlock(string fault, DevRuntime runtime)
    {
        await using var scene = await FaultScene.OpenAsync(runtime, options => options.MaximumMessageBytes = ConnectionFaults.FrameLimit, MustTimePass(fault));

        await Rows[fault].Fault(scene);

        await scene.AssertInPlaceAsync();
    }

    /// <summary>These end with the client's own deadlines only.</summary>
    static bool MustTimePass(string fault) => fault is nameof(ConnectionFaults.Hang) or nameof(ConnectionFaults.TruncateReply);
}
