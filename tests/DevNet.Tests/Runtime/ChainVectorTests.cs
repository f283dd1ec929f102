using System.Text.Json;
using Bittensor.Keys;
using DevNet.Runtime;
using DevNet.State;
using DevNet.Transactions;

namespace DevNet.Tests.Runtime;

/// <summary>The chain's own encodings against recorded ones.</summary>
public class ChainVectorTests
{
    static readonly JsonElement Vectors = Load();
    static readonly RuntimeDefinition Runtime = CurrentRuntime.Create();

    [Fact]
    public void StorageKeys_OfItemsThisChainHas_AreTheRecordedOnes()
    {
        var compared = 0;
        foreach (var vector in Vectors.GetProperty("storage_keys").EnumerateArray())
        {
            var name = $"{vector.GetProperty("pallet")}.{vector.GetProperty("item")}";
            if (!Runtime.HasStorage(name))
                continue;
            var storage = Runtime.Storage(name);
            var arguments = vector.GetProperty("args").EnumerateArray().Zip(storage.Definition.Keys, (value, key) => Encode(value, key.Type)).ToArray();
            Assert.Equal(vector.GetProperty("key").GetString(), "0x" + Convert.ToHexStringLower(storage.Key(arguments)));
            compared++;
        }

        Assert.InRange(compared, 20, 30);
    }

    [Fact]
    public void Events_AxonServedFeePaidAndFailure_AreTheRecordedBytes()
    {
        var state = new ChainState(Runtime, ChainState.Empty);
        var events = new EventLog(state) { Extrinsic = 2 };
        var alice = Ss58Address.Decode("5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY");
        events.Add("SubtensorModule.AxonServed", fields => fields.WriteUInt16(27).WriteBytes(alice.Bytes));
        events.Add("TransactionPayment.TransactionFeePaid", fields => fields.WriteBytes(alice.Bytes).WriteUInt64(0).WriteUInt64(0));
        events.Add("System.ExtrinsicSuccess", fields => DispatchInfo.WriteWeight(fields).WriteByte(0).WriteByte(1));
        events.Extrinsic = 3;
        var failure = DispatchFault.Module(Runtime, "SubtensorModule.ServingRateLimitExceeded");
        events.Add("System.ExtrinsicFailed", fields => DispatchInfo.WriteWeight(fields.WriteBytes(failure.Encoded)).WriteByte(0).WriteByte(1));
        events.Extrinsic = 4;
        events.Add("System.ExtrinsicFailed", fields => DispatchInfo.WriteWeight(fields.WriteByte(2)).WriteByte(0).WriteByte(1));

        events.Store();

        var recorded = Vectors.GetProperty("events_spec393_synthetic").GetProperty("hex").GetString();
        Assert.Equal(recorded, "0x" + Convert.ToHexStringLower(state.Get("System.Events")));
    }

    [Fact]
    public void Decode_RecordedExtrinsics_FindsTheirParts()
    {
        var compared = 0;
        foreach (var vector in Vectors.GetProperty("signing").EnumerateArray().Where(vector => vector.GetProperty("spec_version").GetInt32() == 393))
        {
            var extrinsic = SignedExtrinsic.Decode(Bytes(vector, "example_extrinsic_hex"), Runtime);

            Assert.Equal(vector.GetProperty("signer").GetString(), extrinsic.Signer.ToString());
            Assert.Equal((vector.GetProperty("nonce").GetUInt32(), vector.GetProperty("tip").GetUInt64()), (extrinsic.Nonce, extrinsic.Tip));
            Assert.Equal(Bytes(vector, "call_hex"), extrinsic.CallBytes);
            Assert.Equal(Bytes(vector, "included_in_extrinsic_hex"), extrinsic.Extra);
            compared++;
        }

        Assert.Equal(5, compared);
    }

    [Fact]
    public void Era_Recorded_HasTheSameBirthAndDeath()
    {
        foreach (var vector in Vectors.GetProperty("era").EnumerateArray().Where(vector => vector.GetProperty("kind").GetString() == "mortal"))
        {
            var reader = new Bittensor.Scale.ScaleReader(Bytes(vector, "hex"));
            var era = TransactionEra.Read(ref reader);
            var current = vector.GetProperty("current").GetUInt64();

            Assert.Equal(vector.GetProperty("birth_block").GetUInt64(), era.Birth(current));
            Assert.Equal(vector.GetProperty("death_block").GetUInt64(), era.Death(current));
        }
    }

    static byte[] Encode(JsonElement value, string type) => type switch
    {
        "AccountId32" => Ss58Address.Decode(value.GetString()!).Bytes.ToArray(),
        "u32" => LittleEndian.U32(value.GetUInt32()),
        _ => LittleEndian.U16(value.GetUInt16()),
    };

    static byte[] Bytes(JsonElement vector, string name) => Convert.FromHexString(vector.GetProperty(name).GetString().AsSpan(2));

    static JsonElement Load()
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Vectors", "chain.json")));
        return document.RootElement.Clone();
    }
}
