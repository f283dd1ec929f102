using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace ComputeMiner.Tests.Allocations;

/// <summary>Texts that look like the keys an Allocate carries and must not be taken for one.</summary>
static class BadKeys
{
    public const string GoodSsh = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJhzmRP2SPFi0CPM6kzVBqOQTEpSDwhzmhWIbHeNJgMT";

    public static IReadOnlyList<string> Ssh { get; } =
    [
        // Options before the key, in OpenSSH's own forms.
        $"command=\"reboot\" {GoodSsh}", $"no-pty {GoodSsh}", $"environment=\"LD_PRELOAD=/x\" {GoodSsh}", $"from=\"*\",permitopen=\"*:*\" {GoodSsh}",
        $"cert-authority {GoodSsh}", $"restrict,{GoodSsh}",
        // More than one line, by whatever breaks one.
        $"{GoodSsh}\n{GoodSsh}", $"{GoodSsh}\r\n{GoodSsh}", $"{GoodSsh} me\nssh-rsa AAAA", $"{GoodSsh}\u0085{GoodSsh}", $"{GoodSsh} \u2028{GoodSsh}", $"{GoodSsh} \u2029{GoodSsh}", $"{GoodSsh}\v{GoodSsh}", $"{GoodSsh}\f{GoodSsh}",
        // Control characters and half characters in the comment.
        $"{GoodSsh} a\u0000b", $"{GoodSsh} \u001b[2J", $"{GoodSsh} \u007f", $"{GoodSsh} \u009b",
        // Types that are none, or no longer one.
        Line("ssh-dss", 400), Line("ssh-ed25519-cert-v01@openssh.com", 400), Line("ssh-rsa-cert-v01@openssh.com", 400), Line("ssh-ed448", 57), Line("none", 8),
        Line("ecdsa-sha2-nistp224", 60), Line("rsa-sha2-256", 300), Line("SSH-ED25519", 32), Line("", 32),
        // The type in front is not the one inside.
        Line("ssh-rsa", 300).Replace("ssh-rsa ", "ssh-ed25519 ", StringComparison.Ordinal), "ssh-rsa " + GoodSsh.Split(' ')[1],
        // Base64 that is none, that is short, or that lies about its length.
        "ssh-ed25519 AAAA", "ssh-ed25519 !!!!", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5", "ssh-ed25519", "ssh-ed25519 ", " ssh-ed25519 ====", $"ssh-ed25519 {Convert.ToBase64String(Blob("ssh-ed25519", 0))}",
        $"ssh-ed25519 {Convert.ToBase64String([0xff, 0xff, 0xff, 0xff, .. Blob("ssh-ed25519", 32)[4..]])}", $"ssh-ed25519 {Convert.ToBase64String([0x7f, 0xff, 0xff, 0xff, .. Blob("ssh-ed25519", 32)[4..]])}",
        GoodSsh.Replace("AAAAC3", "ÀAAAC3", StringComparison.Ordinal), GoodSsh.Replace(" ", "\t", StringComparison.Ordinal), GoodSsh.Replace(" ", "\u00a0", StringComparison.Ordinal),
        // Shell and Dockerfile.
        $"' && reboot #{GoodSsh}", $"$(reboot) {GoodSsh}", $"#{GoodSsh}", $"\"{GoodSsh}\"", $"{GoodSsh} {new string('x', 16 * 1024)}", $"ssh-rsa {new string('A', 20_000)}",
        // The other half, and other things altogether.
        "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAA\n-----END OPENSSH PRIVATE KEY-----", "None", "null", "{}", "../../root/.ssh/id_ed25519", "😀",
    ];

    public static IReadOnlyList<string> Rsa { get; } = MakeRsa();

    static List<string> MakeRsa()
    {
        using var rsa = RSA.Create(2048);
        using var small = RSA.Create(1024);
        using var curve = ECDsa.Create();
        var good = rsa.ExportSubjectPublicKeyInfoPem();
        var der = rsa.ExportSubjectPublicKeyInfo();
        return
        [
            "", " ", "None", good.Replace("BEGIN", "BEGINS", StringComparison.Ordinal), good.Replace("-----END PUBLIC KEY-----", "", StringComparison.Ordinal),
            good.Replace("PUBLIC KEY", "CERTIFICATE", StringComparison.Ordinal), good.Replace("PUBLIC", "public", StringComparison.Ordinal), good[..^60], good[60..],
            good.Replace("M", "%", StringComparison.Ordinal), good.Replace("A", "\u0000", StringComparison.Ordinal), good.Replace("-", "‐", StringComparison.Ordinal),
            rsa.ExportRSAPublicKeyPem(), rsa.ExportRSAPrivateKeyPem(), rsa.ExportPkcs8PrivateKeyPem(),
            small.ExportSubjectPublicKeyInfoPem(), curve.ExportSubjectPublicKeyInfoPem(),
            Pem([]), Pem([0x30]), Pem(der[..^1]), Pem([.. der, 0]), Pem([.. der, .. der]), Pem(new byte[294]), Pem(Flip(der, 1)), Pem(Flip(der, 20)), Pem(Flip(der, 28)),
            Pem(Exponent(der, 0)), Pem(Exponent(der, 1)), Pem(Exponent(der, 2)), Pem(Exponent(der, 0xfe)),
            new string('A', 100_000), $"-----BEGIN PUBLIC KEY-----\n{new string('A', 3900)}\n-----END PUBLIC KEY-----\n",
            "$(reboot)", "../../allocation_key", GoodSsh,
        ];
    }

    static string Pem(byte[] der) => PemEncoding.WriteString("PUBLIC KEY", der);

    static byte[] Flip(byte[] der, int at)
    {
        byte[] copy = [.. der];
        copy[at] ^= 0x40;
        return copy;
    }

    // The key's own exponent is 65537, its last three bytes; here with leading zeros, as DER forbids, and too small or even.
    static byte[] Exponent(byte[] der, byte value) => [.. der[..^3], 0, 0, value];

    static string Line(string type, int length) => $"{type} {Convert.ToBase64String(Blob(type, length))}";

    static byte[] Blob(string type, int length)
    {
        var head = new byte[4 + type.Length];
        BinaryPrimitives.WriteInt32BigEndian(head, type.Length);
        Encoding.ASCII.GetBytes(type, head.AsSpan(4));
        return [.. head, .. new byte[length]];
    }
}
