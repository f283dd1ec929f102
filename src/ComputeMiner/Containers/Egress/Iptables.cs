namespace ComputeMiner.Containers.Egress;

/// <summary>
/// The host's filter tables, read and changed as a whole. There are two variants of iptables whose rules do not show in one another; the
/// one Docker uses is the one that knows Docker's chain.
/// </summary>
sealed class Iptables(EngineNamespace host)
{
    /// <summary>Where Docker asks operators to put rules of their own: it is there before any of Docker's.</summary>
    public const string DockerChain = "DOCKER-USER";

    string? _variant;

    public async Task<(FilterTable? Table, string Error)> ReadAsync(bool ipv6, CancellationToken cancellation)
    {
        if (_variant is null && !ipv6)
            await ChooseAsync(cancellation);
        return await ReadAsync(_variant ?? "", ipv6, cancellation);
    }

    /// <summary>Changes the table in one step: all lines hold, or none.</summary>
    /// <returns>Null when it was done, else why not.</returns>
    public async Task<string?> ChangeAsync(bool ipv6, IEnumerable<string> lines, CancellationToken cancellation)
    {
        var text = $"*filter\n{string.Join('\n', lines)}\nCOMMIT\n";
        var result = await host.RunAsync(Name(_variant ?? "", ipv6, "restore"), ["--noflush", "-w", "5"], text, cancellation);
        return result.Good ? null : result.Errors;
    }

    async Task ChooseAsync(CancellationToken cancellation)
    {
        foreach (var variant in (string[])["", "-nft", "-legacy"])
        {
            if ((await ReadAsync(variant, false, cancellation)).Table?.Has(DockerChain) != true)
                continue;
            _variant = variant;
            return;
        }
    }

    async Task<(FilterTable? Table, string Error)> ReadAsync(string variant, bool ipv6, CancellationToken cancellation)
    {
        var result = await host.RunAsync(Name(variant, ipv6, "save"), ["-t", "filter"], "", cancellation);
        return result.Good ? (FilterTable.Parse(result.Output), "") : (null, result.Errors);
    }

    static string Name(string variant, bool ipv6, string what) => $"{(ipv6 ? "ip6tables" : "iptables")}{variant}-{what}";
}
