using System.Security.Cryptography;
using Bittensor.Compute;
using Bittensor.Keys;
using ComputeMiner.Allocations;

namespace ComputeMiner.Tests.Allocations;

/// <summary>Somebody with an RSA key pair and a hotkey, as a validator is.</summary>
sealed class Renter
{
    readonly string _privateKey;

    // Made once: an RSA key takes longer than the tests that use it.
    public static Renter Alice { get; } = new("//Alice");

    public static Renter Bob { get; } = new("//Bob");

    Renter(string uri)
    {
        Hotkey = Keypair.FromUri(uri).Hotkey;
        using var rsa = RSA.Create(2048);
        _privateKey = rsa.ExportPkcs8PrivateKeyPem();
        Pem = rsa.ExportSubjectPublicKeyInfoPem() + "\n";
        Key = SealingKey.TryParse(Pem, out var key, out var fault) ? key : throw new FormatException(fault);
    }

    public Hotkey Hotkey { get; }

    public string Pem { get; }

    public SealingKey Key { get; }

    public AllocationRequest Asks(AllocationKind kind, int days = 30) => new(kind, days, Key, Hotkey, null);

    public SshCredentials Open(string info)
    {
        using var rsa = RSA.Create();
        rsa.ImportFromPem(_privateKey);
        return SealedCredentials.Open(info, rsa);
    }
}
