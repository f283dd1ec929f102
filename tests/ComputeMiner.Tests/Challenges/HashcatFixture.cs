using ComputeMiner.Challenges;
using ComputeMiner.Validator;

namespace ComputeMiner.Tests.Challenges;

/// <summary>
/// The real hashcat on the CPU. Its kernels take most of a minute to compile on a machine's first run and are kept in the checkout's
/// artifacts; a first small challenge of each mode brings them up before a test measures anything.
/// </summary>
public sealed class HashcatFixture : IAsyncLifetime
{
    /// <summary>A state directory whose kernels are compiled.</summary>
    internal static string State { get; } = Path.Combine(Checkout.Root, "artifacts", "hashcat-tests");

    /// <summary>Kernels that compile in half the time, and no check of them by hashcat itself.</summary>
    internal static string[] Options { get; } = ["-O", "--self-test-disable"];

    internal HashcatProgram Program { get; private set; } = null!;

    internal Hashcat Hashcat { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        var cancellation = TestContext.Current.CancellationToken;
        Program = await HashcatProgram.FindAsync("hashcat", TimeProvider.System, cancellation);
        Hashcat = new Hashcat(new ChallengeSettings { ExtendedOptions = [.. Options] }, HashcatDirectory.Open(State), [], TimeProvider.System);
        foreach (var mode in HashcatBenchmark.Modes)
            await CrackAsync(ProofOfWork.Make(3, mode));
    }

    internal async Task<HashcatResult> CrackAsync(ProofOfWork work, CancellationToken cancellation = default)
    {
        Assert.True(ChallengeTask.TryRead(work.Challenge, out var task, out var fault), fault);
        return await Hashcat.SearchAsync(Program, task, _ => { }, cancellation);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
