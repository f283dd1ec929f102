using System.Collections.Immutable;

namespace ComputeMiner.Configuration;

/// <summary>Checks that concern more than one setting.</summary>
static class CrossChecks
{
    public static IEnumerable<ConfigurationFault> Run(MinerOptions options, ImmutableArray<SettingOrigin> origins)
    {
        (string Key, int Port)[] ports =
        [
            ("axon.port", options.Axon.Port),
            ("ssh.port", options.Container.SshPort),
            ("admin.address", options.Admin.Address.Port),
        ];
        // Only the settings of this command: a command without an axon has no port to clash with.
        ports = [.. ports.Where(p => origins.Any(o => o.Setting.Key == p.Key))];
        foreach (var clash in ports.GroupBy(p => p.Port).Where(g => g.Count() > 1))
        {
            var keys = string.Join(" and ", clash.Select(p => p.Key));
            var sources = string.Join(", ", clash.Select(p => origins.First(o => o.Setting.Key == p.Key).Source.Where));
            yield return new ConfigurationFault(keys, null, sources, $"both use port {clash.Key}; each needs a port of its own");
        }
    }
}
