using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Serialization;
using Bittensor.Keys;
using ComputeMiner.Configuration;
using ComputeMiner.Containers;
using ComputeMiner.Doctor;
using ComputeMiner.Gpus;
using ComputeMiner.Registry;
using Microsoft.Extensions.Logging.Abstractions;

namespace ComputeMiner.Cli;

/// <summary>Checks everything a miner needs, one line each with the remedy.</summary>
sealed class DoctorCommand(TimeProvider time) : CliCommand
{
    static readonly CommandFlag<bool> Rehearse = new("rehearse", ValueKinds.Switch, false,
        "Also play the validators' GPU proof against a container of our image.");

    public override string Name => "doctor";

    public override string Summary => "Checks everything a miner needs, one line each with the remedy.";

    public override string Example => "miner doctor --wallet.name default --wallet.hotkey default";

    public override IEnumerable<Setting> Settings => SettingTable.All;

    public override ImmutableArray<CommandFlag> Flags => [Rehearse];

    public override bool PrintsData => true;

    public override async Task<int> RunAsync(CommandContext context, CancellationToken cancellation)
    {
        var worst = CheckState.Good;
        using var engine = new DockerEngine(context.Options.Container, time, NullLoggerFactory.Instance);
        foreach (var check in Checks(context, engine))
        {
            foreach (var result in await check.RunAsync(cancellation))
            {
                worst = result.State < worst ? result.State : worst;
                Print(context, result);
            }
        }
        return worst == CheckState.Failed ? ExitCode.Failed : ExitCode.Good;
    }

    IEnumerable<IDoctorCheck> Checks(CommandContext context, DockerEngine engine)
    {
        var options = context.Options;
        var wallet = context.Wallet();
        var passwords = new KeyPasswords(options, context.Console);
        yield return new WalletCheck(wallet, passwords.Find);
        yield return new ChainCheck(options, TryReadHotkey(wallet), time, NullLoggerFactory.Instance);
        var any = Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : IPAddress.Any;
        yield return new PortsCheck(
        [
            new("axon.port", new IPEndPoint(any, options.Axon.Port)),
            new("ssh.port", new IPEndPoint(any, options.Container.SshPort)),
            new("admin.address", options.Admin.Address),
        ]);
        yield return new DockerCheck(engine);
        yield return new SafeguardsCheck(engine);
        yield return new GpuCheck(new GpuInventory(), options.Container.GpuSelection, new XidLog(options.StateDirectory));
        yield return new HashcatCheck(options.Challenge, time);
        yield return new RegistryCheck(options.Registry, RegistryKeySources.OfThisProcess(), time);
        yield return new DrainCheck(options.StateDirectory);
        yield return new ResourcesCheck(options.StateDirectory, options.Container.MemoryReserve);
        if (context.Get(Rehearse))
            yield return new RehearsalCheck(options.Container, TryReadHotkey(wallet), time, NullLoggerFactory.Instance, result => Print(context, result));
    }

    /// <summary>The address where it needs no password; the wallet's own check says what is wrong with the rest.</summary>
    static Hotkey? TryReadHotkey(Wallet wallet)
    {
        try
        {
            return wallet.LoadHotkeyPublic(_ => null);
        }
        catch (KeyfileException)
        {
            return null;
        }
    }

    static void Print(CommandContext context, CheckResult result)
    {
        if (context.Json)
        {
            context.WriteJson(result, DoctorJson.Default.CheckResult);
            return;
        }
        var mark = result.State switch { CheckState.Good => "ok  ", CheckState.Warning => "warn", _ => "FAIL" };
        context.Console.Out.WriteLine($"{mark}  {result.Name,-14} {result.Finding}");
        if (result.Remedy is not null)
            context.Console.Out.WriteLine($"      {"",-14} -> {result.Remedy}");
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(CheckResult))]
sealed partial class DoctorJson : JsonSerializerContext;
