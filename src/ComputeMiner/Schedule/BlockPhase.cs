using System.Buffers.Binary;
using System.Security.Cryptography;
using Bittensor.Keys;

namespace ComputeMiner.Schedule;

/// <summary>
/// Where a miner's windows begin. All miners see the same heads: without it they would all ask a public service in the same second.
/// </summary>
static class BlockPhase
{
    /// <summary>The same for a hotkey at each start and on each machine; for <see cref="BlockJob.Phase"/> of jobs of any interval.</summary>
    public static ulong Of(Hotkey hotkey) => BinaryPrimitives.ReadUInt64LittleEndian(SHA256.HashData(hotkey.Account.Bytes));
}
