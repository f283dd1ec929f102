using System.Security.Cryptography;
using System.Text;

namespace ComputeMiner.Containers;

/// <summary>
/// How an image is made fit for renters: sshd, silent shells, Python where validators look for it, and nothing secret. The version is
/// the hash of everything that decides the result, so a changed recipe is a changed version.
/// </summary>
static class ImageRecipe
{
    public const string Repository = "computeminer-base";

    /// <summary>Base of the image on a machine with GPUs, the one the validators' test is written for.</summary>
    public const string GpuBase = "pytorch/pytorch:2.7.0-cuda12.6-cudnn9-runtime";

    /// <summary>Debian's release for the bootstrapped image.</summary>
    public const string Suite = "bookworm";

    /// <summary>Packages of the bootstrapped image.</summary>
    public const string Packages = "openssh-server,openssh-sftp-server,python3-minimal,ca-certificates,curl,procps,less,nano";

    // MaxAuthTries: clients offer every key of their agent before the password. UseDNS and PAM only slow a login down; without PAM root's
    // hash in /etc/shadow is all that is asked. A command over SSH gets no environment from the image, so the path stands here.
    const string SshdConfig = """
        Port 22
        HostKey /etc/ssh/ssh_host_ed25519_key
        PermitRootLogin yes
        PasswordAuthentication yes
        PubkeyAuthentication yes
        AuthorizedKeysFile .ssh/authorized_keys
        KbdInteractiveAuthentication no
        PermitEmptyPasswords no
        MaxAuthTries 30
        MaxStartups 30:50:100
        LoginGraceTime 60
        UseDNS no
        UsePAM no
        X11Forwarding no
        PrintMotd yes
        PrintLastLog no
        AcceptEnv LANG LC_*
        SetEnv PATH=/opt/conda/bin:/usr/local/nvidia/bin:/usr/local/cuda/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
        Subsystem sftp internal-sftp
        """;

    const string SetupTemplate = """
        set -eu
        export DEBIAN_FRONTEND=noninteractive
        if [ ! -x /usr/sbin/sshd ]; then
            apt-get update
            apt-get install -y --no-install-recommends openssh-server build-essential
            rm -rf /var/lib/apt/lists/*
        fi
        if [ -x /opt/conda/bin/pip ]; then
            /opt/conda/bin/python -m pip install --no-cache-dir numpy==1.24.3
            ln -sf /opt/conda/bin/python /usr/local/bin/python3
        elif [ -x /usr/bin/python3 ]; then
            mkdir -p /opt/conda/bin
            ln -sf /usr/bin/python3 /opt/conda/bin/python
            ln -sf /usr/bin/python3 /opt/conda/bin/python3
        fi
        rm -f /etc/ssh/ssh_host_* /etc/ssh/sshd_config.d/* /etc/motd
        mkdir -p /run/sshd /root/.ssh
        chmod 755 /run/sshd
        chmod 700 /root/.ssh
        rm -f /root/.ssh/authorized_keys
        sed -i 's/^root:[^:]*:/root:*:/' /etc/shadow
        printf '%s\n' '{CONFIG}' > /etc/ssh/sshd_config
        """;

    /// <summary>A script for /bin/sh as root inside the image.</summary>
    public static string Setup { get; } = SetupTemplate.Replace("{CONFIG}", SshdConfig, StringComparison.Ordinal) + "\n";

    /// <summary>Builds the derived image from a context that holds the script.</summary>
    public static string Dockerfile(string baseImage) => $"""
        FROM {baseImage}
        COPY setup.sh /tmp/computeminer-setup.sh
        RUN sh /tmp/computeminer-setup.sh && rm /tmp/computeminer-setup.sh
        """;

    /// <summary>Version of the image made from a base, or of the bootstrapped one when that is null.</summary>
    public static string VersionOf(string? baseImage)
    {
        var text = baseImage is null ? string.Join('\n', DebianBootstrap.Options) : $"{Dockerfile(baseImage)}\n{Setup}";
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..12];
    }
}
