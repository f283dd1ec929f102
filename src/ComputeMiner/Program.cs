using ComputeMiner.Cli;
using ComputeMiner.Configuration;

using var interrupt = new InterruptSignal();
var application = new CliApplication([], CliConsole.OfProcess(), ConfigurationLoader.ProcessEnvironment());
return await application.RunAsync(args, interrupt.Token);
