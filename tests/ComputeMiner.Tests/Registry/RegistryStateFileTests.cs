using Bittensor.Keys;
using ComputeMiner.Registry;

namespace ComputeMiner.Tests.Registry;

public sealed class RegistryStateFileTests : IDisposable
{
    static readonly Keypair Key = Keypair.FromUri("//Miner");
    static readonly Hotkey Hotkey = Key.Hotkey;

    readonly string _state = Directory.CreateTempSubdirectory("computeminer-tests-").FullName;

    public void Dispose() => Directory.Delete(_state, recursive: true);

    /// <summary>A hand or a disk wrote it. The registry knows our run: starting from nothing costs a search for it.</summary>
    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"hotkey":null}""")]
    [InlineData("""{"hotkey":"HOTKEY","runId":""")]
    [InlineData("""{"hotkey":"HOTKEY","runId":5}""")]
    [InlineData("""{"hotkey":"HOTKEY","started":null}""")]
    [InlineData("""{"hotkey":"HOTKEY","pending":"no list"}""")]
    [InlineData("""{"hotkey":"HOTKEY","runId":"abc","pending":null}""")]
    [InlineData("""{"hotkey":"HOTKEY","runId":"abc","pending":["{}",null]}""")]
    [InlineData("""{"hotkey":"HOTKEY","runId":"abc","historyOffset":-1}""")]
    [InlineData("""{"hotkey":"HOTKEY","runId":"abc","nextStep":-1}""")]
    [InlineData("""{"hotkey":"HOTKEY","runId":"abc","nextStep":1e99}""")]
    public void Read_DamagedFile_IsAsIfThereWereNone(string content)
    {
        File.WriteAllText(Path.Combine(_state, RegistryStateFile.FileName), content.Replace("HOTKEY", Hotkey.ToString(), StringComparison.Ordinal));

        var state = new RegistryStateFile(_state, Hotkey).Read();

        Assert.Equal((Hotkey.ToString(), null, 0, 0, 0), (state.Hotkey, state.RunId, state.Pending.Length, state.HistoryOffset, state.NextStep));
    }

    [Theory]
    [InlineData("""{"hotkey":"HOTKEY","runId":"abc","signature":"SIGNATURE","nextStep":7}""")]
    [InlineData("""{"hotkey":"HOTKEY","runId":"abc","signature":"SIGNATURE","nextStep":7,"ofANewerVersion":{}}""")]
    public void Read_NothingWaits_KeepsTheRest(string content)
    {
        File.WriteAllText(Path.Combine(_state, RegistryStateFile.FileName), content
            .Replace("HOTKEY", Hotkey.ToString(), StringComparison.Ordinal)
            .Replace("SIGNATURE", RunSignature.Sign(Key, "abc"), StringComparison.Ordinal));

        var state = new RegistryStateFile(_state, Hotkey).Read();

        Assert.Equal(("abc", 7, 0), (state.RunId, state.NextStep, state.Pending.Length));
    }
}
