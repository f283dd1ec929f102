using System.Text.Json;
using Bittensor.Keys;
using ComputeMiner.Cli;

namespace ComputeMiner.Tests.Cli;

/// <summary>Everything other tools have written, through the command: recorded key files, plain and encrypted.</summary>
public sealed class WalletShowVectorTests : IDisposable
{
    static readonly JsonElement Vectors =
        JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Vectors", "wallet.json"))).RootElement;

    readonly string _path = Directory.CreateTempSubdirectory("computeminer-tests-").FullName;
    readonly StringWriter _out = new();
    readonly StringWriter _error = new();

    public static TheoryData<int> Encrypted => [.. Enumerable.Range(0, Vectors.GetProperty("encrypted").GetArrayLength())];

    public void Dispose()
    {
        Directory.Delete(_path, recursive: true);
        _out.Dispose();
        _error.Dispose();
    }

    [Fact]
    public async Task Show_EveryRecordedKeyFile_GivesTheRecordedAddressOrAFault()
    {
        var files = Vectors.GetProperty("keyfiles").EnumerateArray().ToList();
        Assert.Equal(19, files.Count);
        for (var index = 0; index < files.Count; index++)
            Write($"k{index:00}", files[index].GetProperty("content").GetString()!);

        var hotkeys = await ShowAsync();

        Assert.Equal(
            files.Select(file => file.GetProperty("expect") is { ValueKind: JsonValueKind.Object } expected ? expected.GetProperty("ss58").GetString() : null),
            hotkeys.Select(entry => entry.GetProperty("address").GetString()));
        Assert.All(hotkeys, entry => Assert.NotEqual(entry.GetProperty("address").GetString() is null, entry.GetProperty("fault").GetString() is null));
        AssertSilentAbout(files.Select(file => file.GetProperty("content").GetString()!));
    }

    [Theory, MemberData(nameof(Encrypted))]
    public async Task Show_RecordedEncryptedFile_OpensWithItsPassword(int index)
    {
        var vector = Vectors.GetProperty("encrypted")[index];
        var plain = vector.GetProperty("plaintext").GetString()!;
        var file = vector.TryGetProperty("file_hex", out var hex) ? Convert.FromHexString(hex.GetString()!) : null;
        if (file is null)
            Write("default", vector.GetProperty("file_text").GetString()!);
        else
            await File.WriteAllBytesAsync(Prepare("default"), file, TestContext.Current.CancellationToken);
        var password = Path.Combine(_path, "password");
        await File.WriteAllTextAsync(password, vector.GetProperty("password").GetString() + "\n", TestContext.Current.CancellationToken);

        var entry = Assert.Single(await ShowAsync("--wallet.password-file", password));

        Assert.Equal(JsonDocument.Parse(plain).RootElement.GetProperty("ss58Address").GetString(), entry.GetProperty("address").GetString());
        AssertSilentAbout([plain]);
    }

    async Task<List<JsonElement>> ShowAsync(params string[] more)
    {
        var wallet = new CommandGroup("wallet", "Keys.", new WalletShowCommand());
        var application = new CliApplication([wallet], new CliConsole(TextReader.Null, _out, _error, isInteractive: false), new Dictionary<string, string>());
        var exitCode = await application.RunAsync(
            ["wallet", "show", "--wallet.path", _path, "--json", .. more], TestContext.Current.CancellationToken);
        Assert.True(exitCode == ExitCode.Good, _error.ToString());
        return [.. JsonDocument.Parse(_out.ToString()).RootElement.GetProperty("hotkeys").EnumerateArray()];
    }

    void AssertSilentAbout(IEnumerable<string> contents)
    {
        foreach (var content in contents.Where(content => content.StartsWith('{')))
        {
            foreach (var secret in new[] { "secretPhrase", "secretSeed", "privateKey" })
            {
                if (TryRead(content, secret) is { Length: > 0 } value)
                    Assert.DoesNotContain(value, _out.ToString() + _error, StringComparison.Ordinal);
            }
        }
    }

    static string? TryRead(string content, string name) =>
        JsonDocument.Parse(content).RootElement.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    void Write(string name, string content) => File.WriteAllText(Prepare(name), content);

    string Prepare(string name)
    {
        var file = new Wallet(_path, "default", name).HotkeyFile;
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        return file;
    }
}
