namespace ComputeMiner.Containers.Egress;

/// <summary>Where a container has no business: everything that is not the internet.</summary>
static class ForbiddenNetworks
{
    /// <summary>The special-purpose blocks of RFC 6890 that are not globally reachable, multicast (RFC 5771) and the reserved rest.</summary>
    public static readonly string[] V4 =
    [
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        // The host's agent of Azure, with the machine's secrets, and the service networks of IBM's cloud: public by their number alone.
        "161.26.0.0/16",
        "166.8.0.0/14",
        "168.63.129.16/32",
        // Clouds answer at 169.254.169.254 with the credentials of the machine.
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "224.0.0.0/4",
        "240.0.0.0/4",
    ];

    public static readonly string[] V6 =
    [
        "::/127",
        // Unique local, with the metadata address fd00:ec2::254 of AWS.
        "fc00::/7",
        "fe80::/10",
        "fec0::/10",
        "ff00::/8",
        // RFC 6052, RFC 8215, RFC 3056: IPv4 in disguise, private addresses included.
        "64:ff9b::/96",
        "64:ff9b:1::/48",
        "2002::/16",
        "::ffff:0:0/96",
    ];

    /// <summary>Mail is sent through a provider's submission service with TLS on other ports, spam through these.</summary>
    public const string MailPorts = "25,465,587";
}
