using ComputeMiner.Registry;
using ComputeMiner.Tests.Containers;

namespace ComputeMiner.Tests.Registry;

public sealed class RegistryKeySourcesTests : IDisposable
{
    static readonly Uri Service = new("https://api.wandb.ai");
    static readonly string Key = new('a', 40);

    readonly string _root = Directory.CreateTempSubdirectory("computeminer-tests-").FullName;
    readonly Dictionary<string, string> _variables = [];

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void Find_InTheEnvironment_WinsOverFiles()
    {
        _variables["WANDB_API_KEY"] = Key;
        Write("work/.env", $"WANDB_API_KEY={new string('b', 40)}");

        Assert.Equal((Key, "WANDB_API_KEY"), Found());
    }

    [Theory]
    [InlineData("WANDB_API_KEY={0}")]
    [InlineData("WANDB_API_KEY=\"{0}\"")]
    [InlineData("export WANDB_API_KEY='{0}'  # mine")]
    [InlineData("OTHER=1\n  WANDB_API_KEY = {0} # mine\n")]
    [InlineData("WANDB_API_KEY={0}\r\n")]
    [InlineData("WANDB_API_KEY=the-one-before\n#WANDB_API_KEY=no\nWANDB_API_KEY={0}\nWANDB_API_KEY_NOTE=no")]
    public void Find_InADotEnvFileAbove_IsTheValueAlone(string line)
    {
        Write(".env", string.Format(line, Key));

        Assert.Equal(Key, Found().Value);
    }

    [Theory]
    [InlineData("machine api.wandb.ai login user password {0}")]
    [InlineData("machine api.wandb.ai\n\tlogin user\n\tpassword {0}\n")]
    [InlineData("machine api.wandb.ai:443 login user password {0}", false)]
    [InlineData("machine example.org login a password wrong machine api.wandb.ai login b password \"{0}\"")]
    [InlineData("# machine api.wandb.ai password no\nmachine api.wandb.ai account x login password password {0}")]
    [InlineData("default login user password {0}")]
    [InlineData("machine wandb.ai login user password {0}", false)]
    public void Find_InNetrc_IsTheEntryOfTheHost(string text, bool isFound = true)
    {
        Write("home/.netrc", string.Format(text, Key));

        Assert.Equal(isFound ? Key : null, Found().Value);
    }

    [Fact]
    public void Find_InANamedNetrc_ReadsThatOne()
    {
        _variables["NETRC"] = Path.Combine(_root, "elsewhere");
        Write("home/.netrc", $"machine api.wandb.ai password {new string('b', 40)}");
        Write("elsewhere", $"machine api.wandb.ai password {Key}");

        Assert.Equal(Key, Found().Value);
    }

    /// <summary>Whoever may write to a directory above can put a pipe there.</summary>
    [Fact(Timeout = 30_000)]
    public async Task Find_DotEnvIsAPipe_IsPassedOver()
    {
        Directory.CreateDirectory(Path.Combine(_root, "work"));
        await HostCommand.RunAsync("mkfifo", [Path.Combine(_root, ".env")]);

        Assert.Null((await Task.Run(Found, TestContext.Current.CancellationToken)).Value);
    }

    [Fact]
    public void Find_Nowhere_IsNull() => Assert.Null(Found().Value);

    [Theory]
    [InlineData("0123456789012345678901234567890123456789", true)]
    [InlineData("local-0123456789012345678901234567890123456789", true)]
    [InlineData("wandb_v1_abcdefghijklmnopqrstuvwxyz0123456789-ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789ABCDE", true)]
    [InlineData("muchtooshort", false)]
    [InlineData("0123456789012345678 9012345678901234567890", false)]
    [InlineData("", false)]
    public void Fault_OfAKey_IsNullWhenItCanBeOne(string value, bool isGood)
    {
        var key = new RegistryKey(value, "there");

        Assert.Equal(isGood, key.Fault is null);
        Assert.Equal("key from there", key.ToString());
        Assert.True(value.Length < 10 || key.Fault?.Contains(value, StringComparison.Ordinal) != true);
    }

    [Theory]
    [InlineData("offline", true)]
    [InlineData("disabled", true)]
    [InlineData("online", false)]
    public void IsSwitchedOff_ByMode(string mode, bool isOff)
    {
        _variables["WANDB_MODE"] = mode;

        Assert.Equal(isOff, Sources.IsSwitchedOff);
    }

    RegistryKeySources Sources => new(_variables.GetValueOrDefault, Directory.CreateDirectory(Path.Combine(_root, "work", "deep")).FullName, Path.Combine(_root, "home"));

    (string? Value, string? Source) Found() => Sources.Find(Service) is { } key ? (key.Value, key.Source) : (null, null);

    void Write(string path, string text)
    {
        var full = Path.Combine(_root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
    }
}
