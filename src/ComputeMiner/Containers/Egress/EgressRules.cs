using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace ComputeMiner.Containers.Egress;

/// <summary>
/// The rules for one bridge, in the words of iptables-restore. Two chains see only packets that come from a container: answers to
/// connections from outside, such as the renter's SSH, return at once. A third one, where what a container receives has a cap, sees what
/// comes to it.
/// </summary>
/// <param name="Names">What the chains are called.</param>
/// <param name="Resolvers">Name servers that stay reachable.</param>
/// <param name="Options">Caps on connections and on what is sent.</param>
sealed record EgressRules(EgressNames Names, IReadOnlyList<IPAddress> Resolvers, EgressOptions Options)
{
    // sshd's port in every container.
    const int Ssh = 22;

    /// <summary>There is something to say about what comes to a container.</summary>
    public bool HasInward => Options.Download is not null;

    /// <summary>The rules of all chains, in order; each a line without the chain's head.</summary>
    /// <param name="ipv6">For IPv6.</param>
    /// <param name="caps">With these caps.</param>
    public IEnumerable<string> Lines(bool ipv6, EgressCaps caps)
    {
        var family = ipv6 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork;
        var reject = ipv6 ? "REJECT --reject-with icmp6-adm-prohibited" : "REJECT --reject-with icmp-admin-prohibited";
        var forbidden = ipv6 ? ForbiddenNetworks.V6 : ForbiddenNetworks.V4;
        // Before all that returns: what a container sends in answer counts too.
        if (caps.HasFlag(EgressCaps.Bytes))
            foreach (var line in ByteCaps())
                yield return line;
        foreach (var chain in (string[])[Names.Forward, Names.Input])
        {
            // Only answers: a connection the container opened while the rules were away is cut when they are back.
            yield return $"-A {chain} -m conntrack --ctstate ESTABLISHED --ctdir REPLY -j RETURN";
            yield return $"-A {chain} -p {(ipv6 ? "ipv6-icmp" : "icmp")} -m conntrack --ctstate RELATED -j RETURN";
            // The address as the container named it: a resolver may itself be a container behind a published port.
            foreach (var resolver in Resolvers.Where(each => each.AddressFamily == family))
                foreach (var protocol in (string[])["udp", "tcp"])
                    yield return $"-A {chain} -p {protocol} -m conntrack --ctorigdst {resolver} --ctorigdstport 53 -j RETURN";
        }
        foreach (var network in forbidden)
            yield return $"-A {Names.Forward} -d {network} -j {reject}";
        yield return $"-A {Names.Forward} -p tcp -m multiport --dports {ForbiddenNetworks.MailPorts} -j REJECT --reject-with tcp-reset";
        if (caps.HasFlag(EgressCaps.Connections))
            foreach (var line in Caps(ipv6, reject))
                yield return line;
        // Neighbour discovery (RFC 4861): without it IPv6 finds no router.
        foreach (var type in ipv6 ? (string[])["133", "135", "136"] : [])
            yield return $"-A {Names.Input} -p ipv6-icmp -m icmp6 --icmpv6-type {type} -j RETURN";
        yield return $"-A {Names.Input} -j {reject}";
    }

    IEnumerable<string> ByteCaps()
    {
        if (Options.Upload is { } upload)
            yield return ByteCap(Names.Forward, "", upload, "srcip", 'u');
        if (Options.Download is not { } download)
            yield break;
        // SSH is metered apart: whatever else comes in, the renter gets in too.
        yield return ByteCap(Names.Inward, $"-p tcp -m tcp --dport {Ssh} ", download, "dstip", 's');
        yield return $"-A {Names.Inward} -p tcp -m tcp --dport {Ssh} -j RETURN";
        yield return ByteCap(Names.Inward, "", download, "dstip", 'd');
    }

    // Above the rate packets are lost, and TCP slows down by itself. Small ones pass: keystrokes over SSH, acknowledgements and new
    // connections stay quick while a flood is held back.
    string ByteCap(string chain, string match, int kib, string mode, char kind) => string.Create(CultureInfo.InvariantCulture,
        $"-A {chain} {match}-m length ! --length 0:199 -m hashlimit --hashlimit-above {1024L * kib}b/s --hashlimit-burst {2048L * kib}b "
        + $"--hashlimit-mode {mode} --hashlimit-name cm{Names.Key}{kind}{kib} -j DROP");

    IEnumerable<string> Caps(bool ipv6, string reject)
    {
        var rate = Options.ConnectionsPerSecond.ToString(CultureInfo.InvariantCulture);
        var burst = (4 * Options.ConnectionsPerSecond).ToString(CultureInfo.InvariantCulture);
        var most = Options.Connections.ToString(CultureInfo.InvariantCulture);
        yield return $"-A {Names.Forward} -m conntrack --ctstate NEW -m connlimit --connlimit-above {most} --connlimit-mask {(ipv6 ? 128 : 32)} "
            + $"--connlimit-saddr -j {reject}";
        // Dropped, not refused: a client that tries again a second later gets through. The rate is part of the name, because a table of
        // that name keeps the rate it was made with for as long as any rule holds it.
        yield return $"-A {Names.Forward} -m conntrack --ctstate NEW -m hashlimit --hashlimit-above {rate}/sec --hashlimit-burst {burst} "
            + $"--hashlimit-mode srcip --hashlimit-name cm{Names.Key}-{rate} -j DROP";
    }
}
