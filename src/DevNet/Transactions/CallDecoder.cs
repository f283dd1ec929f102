using Bittensor.Keys;
using Bittensor.Scale;
using DevNet.Runtime;

namespace DevNet.Transactions;

/// <summary>Decodes calls by hand, by name: which indices mean which name is the runtime's business.</summary>
static class CallDecoder
{
    /// <exception cref="ScaleException">The bytes are no call of this runtime.</exception>
    public static RuntimeCall Decode(ref ScaleReader reader, RuntimeDefinition runtime)
    {
        var (pallet, index) = (reader.ReadByte(), reader.ReadByte());
        switch (runtime.CallName(pallet, index))
        {
            case "Timestamp.set":
                return new TimestampCall(reader.ReadCompactUInt64());
            case "System.remark":
                return new RemarkCall(reader.ReadByteVector().ToArray(), WithEvent: false);
            case "System.remark_with_event":
                return new RemarkCall(reader.ReadByteVector().ToArray(), WithEvent: true);
            case "Balances.transfer_allow_death":
                return new TransferCall(ReadAddress(ref reader), reader.ReadCompactUInt64(), KeepAlive: false);
            case "Balances.transfer_keep_alive":
                return new TransferCall(ReadAddress(ref reader), reader.ReadCompactUInt64(), KeepAlive: true);
            case "SubtensorModule.serve_axon":
                return ReadServeAxon(ref reader, withCertificate: false);
            case "SubtensorModule.serve_axon_tls":
                return ReadServeAxon(ref reader, withCertificate: true);
            case "SubtensorModule.serve_prometheus":
                return new ServePrometheus(reader.ReadUInt16(), reader.ReadUInt32(), reader.ReadUInt128(), reader.ReadUInt16(), reader.ReadByte());
            case "SubtensorModule.register":
                return ReadRegister(ref reader, runtime);
            case "SubtensorModule.burned_register":
                return new RegisterCall(reader.ReadUInt16(), ReadAccount(ref reader), !runtime.Rules.RegistrationPaysFee);
            default:
                throw new ScaleException($"This runtime has no call {index} in pallet {pallet}.");
        }
    }

    /// <summary>Reads a MultiAddress; only plain accounts can be looked up on this chain.</summary>
    public static AccountId ReadAddress(ref ScaleReader reader) => reader.ReadByte() switch
    {
        0 => ReadAccount(ref reader),
        var other => throw new ScaleException($"An address of kind {other} cannot be looked up here."),
    };

    static AccountId ReadAccount(ref ScaleReader reader) => new(reader.ReadBytes(AccountId.Length));

    static ServeAxon ReadServeAxon(ref ScaleReader reader, bool withCertificate) => new(
        reader.ReadUInt16(), reader.ReadUInt32(), reader.ReadUInt128(), reader.ReadUInt16(), reader.ReadByte(), reader.ReadBytes(3).ToArray(),
        withCertificate ? reader.ReadByteVector().ToArray() : null);

    static RegisterCall ReadRegister(ref ScaleReader reader, RuntimeDefinition runtime)
    {
        var netuid = reader.ReadUInt16();
        reader.ReadBytes(16);
        reader.ReadByteVector();
        var hotkey = ReadAccount(ref reader);
        ReadAccount(ref reader);
        return new(netuid, hotkey, !runtime.Rules.RegistrationPaysFee);
    }
}
