using System.Diagnostics;
using Bittensor.Crypto;
using Bittensor.Keys;

namespace Scenarios;

/// <summary>Signature checks per second with nothing around them: the ceiling of any axon on these cores.</summary>
static class VerificationRate
{
    static readonly TimeSpan Duration = TimeSpan.FromSeconds(1);

    /// <summary>Bytes that a request's signature covers.</summary>
    const int MessageLength = 220;

    /// <returns>Checks per second on one core, and the microseconds of CPU that each of them took.</returns>
    public static (double PerSecond, double Cost) Measure(ulong core)
    {
        using var keypair = Keypair.FromUri("//Alice");
        var publicKey = keypair.Account.Bytes.ToArray();
        var message = new byte[MessageLength];
        var signature = keypair.Sign(message);
        var before = Environment.CpuUsage.TotalTime;
        var start = Stopwatch.GetTimestamp();
        var count = Cores.Run(core, () => Count(publicKey, message, signature, start));
        return (count / Stopwatch.GetElapsedTime(start).TotalSeconds, (Environment.CpuUsage.TotalTime - before).TotalMicroseconds / count);
    }

    static long Count(byte[] publicKey, byte[] message, byte[] signature, long start)
    {
        var count = 0L;
        while (Stopwatch.GetElapsedTime(start) < Duration)
        {
            if (!Sr25519.Verify(publicKey, message, signature))
                throw new InvalidOperationException("A good signature was refused.");
            count++;
        }
        return count;
    }
}
