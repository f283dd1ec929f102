using System.Globalization;
using ComputeMiner.Cli;
using Scenarios;

const int Runs = 11;
const int Rounds = 7;

if (args is ["load", .. var plan])
{
    LoadGenerator.Run(LoadPlan.Parse(plan));
    return 0;
}
if (args is ["junk", .. var junk])
{
    JunkFlood.Run(junk);
    return 0;
}
Func<MinerBuild, CancellationToken, Task>? scenario = args switch
{
    ["checks"] => ChecksScenario.RunAsync,
    ["startup", .. var rest] => (build, stop) => StartupScenario.RunAsync(build, Count(rest, Runs), stop),
    ["allocate", .. var rest] => (build, stop) => AllocateScenario.RunAsync(build, Count(rest, Rounds), stop),
    ["flood"] => FloodScenario.RunAsync,
    ["soak"] => SoakScenario.RunAsync,
    ["all"] => async (build, stop) =>
    {
        await ChecksScenario.RunAsync(build, stop);
        await StartupScenario.RunAsync(build, Runs, stop);
        await AllocateScenario.RunAsync(build, Rounds, stop);
    },
    _ => null,
};
if (scenario is null)
{
    Console.Error.WriteLine($"usage: Scenarios checks | flood | soak | startup [RUNS] | allocate [ROUNDS] | all\n       Scenarios {LoadPlan.Usage}\n       Scenarios {JunkFlood.Usage}");
    return 2;
}

using var interrupt = new InterruptSignal();
try
{
    var build = await MinerBuild.FindAsync(interrupt.Token);
    Console.WriteLine(MachineLine.Describe(build));
    await scenario(build, interrupt.Token);
    return 0;
}
catch (OperationCanceledException) when (interrupt.Token.IsCancellationRequested)
{
    Console.Error.WriteLine("interrupted; everything that was started is stopped and removed");
    return 130;
}

static int Count(string[] rest, int otherwise) => rest is [var count] ? int.Parse(count, CultureInfo.InvariantCulture) : otherwise;
