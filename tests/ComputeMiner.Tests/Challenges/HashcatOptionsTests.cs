using ComputeMiner.Challenges;

namespace ComputeMiner.Tests.Challenges;

public sealed class HashcatOptionsTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("  -O   -w 3 ", "-O|-w|3")]
    [InlineData("-n64 --kernel-loops=256 -d 1,2", "-n|64|--kernel-loops|256|-d|1,2")]
    [InlineData("--force --self-test-disable -T 32", "--force|--self-test-disable|-T|32")]
    public void Read_DevicesAndSpeed_AreArguments(string text, string expected)
    {
        Assert.Null(HashcatOptions.Read(text, out var arguments));
        Assert.Equal(expected, string.Join('|', arguments));
    }

    [Theory]
    [InlineData("-o /etc/cron.d/x")]
    [InlineData("--outfile=/etc/cron.d/x")]
    [InlineData("-r rules")]
    [InlineData("--show")]
    [InlineData("--potfile-path=x")]
    [InlineData("-O=1")]
    [InlineData("-w")]
    [InlineData("-w three")]
    [InlineData("-w 3;reboot")]
    [InlineData("-d 1,")]
    [InlineData("-d ,1")]
    [InlineData("--optimized-kernel-enable=yes")]
    [InlineData("$(reboot)")]
    [InlineData("wordlist")]
    public void Read_AnythingElse_SaysWhatIsAllowed(string text)
    {
        Assert.Equal(HashcatOptions.Allowed, HashcatOptions.Read(text, out var arguments));
        Assert.Empty(arguments);
    }
}
