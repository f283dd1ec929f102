using ComputeMiner.Cli;
using ComputeMiner.Configuration;
using ComputeMiner.Releases;

using var interrupt = new InterruptSignal(isRepeated: Supervision.IsSupervised);
CliEntry[] commands =
[
    new RunCommand(),
    new DemoCommand(),
    new DrillCommand(),
    new DevnetCommand(TimeProvider.System),
    ValidatorCommands.Group,
    new CommandGroup(
        "wallet", "Makes and shows keys.", new WalletCreateCommand(), new WalletRegenCommand(), new WalletListCommand(), new WalletShowCommand()),
    new RegisterCommand(),
    new StatusCommand(),
    new CommandGroup("challenge", "Proof of work.", new ChallengeBenchCommand(TimeProvider.System)),
    new ReleaseCommand(),
    new CommandGroup("drain", "Hands nothing new out, or the machine again.", new DrainCommand(on: true), new DrainCommand(on: false)),
    new CommandGroup("admission", "Tells who may call.", new AdmissionExplainCommand(TimeProvider.System)),
    new CommandGroup(
        "update", "Newer versions of the miner.", new UpdateStatusCommand(), new UpdateCheckCommand(TimeProvider.System), new UpdateInstallCommand()),
    new DoctorCommand(TimeProvider.System),
    new GpusCommand(),
    new SpecsCommand(TimeProvider.System),
    new SelfTestCommand(),
];
var application = new CliApplication([.. commands], CliConsole.OfProcess(), ConfigurationLoader.ProcessEnvironment());
return await application.RunAsync(args, interrupt.Token);
