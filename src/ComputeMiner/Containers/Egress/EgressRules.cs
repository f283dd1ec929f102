using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace ComputeMiner.Containers.Egress;

/// <summary>
/// The rules for one bridge, in the words of iptables-restore. Both chains see only packets that come from a container: what comes to it
/// passes by, and answers to connections from outside, such as the renter's SSH, return at once.
/// </summary>
/// <param name="Names">What the chains are called.</param>
/// <param name="Resolvers">Name servers that stay reachable.</param>
/// <param name="Options">Caps on connections and on what is sent.</param>
sealed record EgressRules(EgressNames Names, IReadOnlyList<IPAddress> Resolvers, EgressOptions Options)
{
    /// <summary>The rules of both chains, in order; each a line without the chain's head.</summary>
    /// <param name="ipv6">For IPv6.</param>
    /// <param name="caps">With the caps on connections; a kernel may lack what they need.</param>
    public IEnumerable<string> Lines(bool ipv6, bool caps)
    {
        var family = ipv6 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork;
        var reject = ipv6 ? "REJECT --reject-with icmp6-adm-prohibited" : "REJECT --reject-with icmp-admin-prohibited";
        var forbidden = ipv6 ? ForbiddenNetworks.V6 : ForbiddenNetworks.V4;
        // Before all that returns: what a container sends in answer counts too.
        if (caps && Options.Upload is { } upload)
            yield return UploadCap(upload);
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
        if (caps)
            foreach (var line in Caps(ipv6, reject))
                yield return line;
        // Neighbour discovery (RFC 4861): without it IPv6 finds no router.
        foreach (var type in ipv6 ? (string[])["133", "135", "136"] : [])
            yield return $"-A {Names.Input} -p ipv6-icmp -m icmp6 --icmpv6-type {type} -j RETURN";
        yield return $"-A {Names.Input} -j {reject}";
    }

    // Above the rate packets are lost, and TCP slows down by itself. Small ones pass: keystrokes over SSH, acknowledgements and new
    // connections stay quick while a flood is held back.
    string UploadCap(int kib) => string.Create(CultureInfo.InvariantCulture,
        $"-A {Names.Forward} -m length ! --length 0:199 -m hashlimit --hashlimit-above {1024L * kib}b/s --hashlimit-burst {2048L * kib}b "
        + $"--hashlimit-mode srcip --hashlimit-name cm{Names.Key}u{kib} -j DROP");

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
