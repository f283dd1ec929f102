using System.Net;
using System.Security.Cryptography;
using Bittensor.Compute;
using Bittensor.Dendrite;
using Bittensor.Keys;
using ComputeMiner.Validator;

namespace ComputeMiner.Tests.Validator;

public sealed class ValidatorSessionTests : IDisposable
{
    readonly Keypair _alice = Keypair.FromUri("//Alice");
    readonly RSA _key = RSA.Create(2048);
    readonly string _file = Path.Combine(Path.GetTempPath(), $"miner-{Guid.NewGuid():N}.pem");

    public void Dispose()
    {
        _alice.Dispose();
        _key.Dispose();
        File.Delete(_file);
    }

    /// <summary>The answer is another machine's: whatever stands in it must not end the program in a trace.</summary>
    [Theory]
    [InlineData("not base64")]
    [InlineData("AAAA")]
    [InlineData("")]
    public void Opened_InfoThatIsNoneOfOurs_SaysSo(string info)
    {
        using var dendrite = new DendriteClient(_alice, new DendriteOptions());
        var session = new ValidatorSession(dendrite, new AxonTarget(new IPEndPoint(IPAddress.Loopback, 1), _alice.Hotkey), _key);
        var synapse = new AllocateSynapse { Output = new AllocateOutput { Status = true, Info = info } };

        var answer = session.Opened(new DendriteResponse<AllocateSynapse>(synapse, true, 200, 200, "Success", TimeSpan.Zero));

        Assert.False(answer.Ok);
        Assert.Equal("The miner's credentials cannot be opened with the key they were to be sealed to.", answer.Message);
        Assert.Null(answer.Password);
    }

    [Theory]
    [InlineData("no PEM")]
    [InlineData("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n")]
    public void Open_FileThatIsNoKey_NamesItAndLeavesIt(string text)
    {
        File.WriteAllText(_file, text);

        var fault = Assert.Throws<IOException>(() => SessionKey.Open(_file));

        Assert.StartsWith($"{_file} holds no RSA key", fault.Message, StringComparison.Ordinal);
        Assert.Equal(text, File.ReadAllText(_file));
    }
}
