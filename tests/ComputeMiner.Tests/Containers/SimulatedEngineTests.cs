using ComputeMiner.Containers;

namespace ComputeMiner.Tests.Containers;

public class SimulatedEngineTests : ContainerEngineContract
{
    private protected override IContainerEngine Engine { get; } = new SimulatedEngine(TimeProvider.System);

    private protected override string Image => "simulated";

    private protected override ushort Port => 4444;

    private protected override IReadOnlyList<DeliveredFile> AccessFiles() => [];
}
