using ComputeMiner.Containers;

namespace ComputeMiner.Tests.Containers;

public class Sha512CryptTests
{
    // The test vectors of the specification, "Unix crypt using SHA-256 and SHA-512".
    [Theory]
    [InlineData("Hello world!", "saltstring", 5000, "$6$saltstring$svn8UoSVapNtMuq1ukKS4tPQd8iKwSMHWjl/O817G3uBnIFNjnQJuesI68u4OTLiBFdcbYEdFCoEOfaS35inz1")]
    [InlineData("Hello world!", "saltstringsaltstring", 10000, "$6$rounds=10000$saltstringsaltst$OW1/O6BYHV6BcXZu8QVeXbDWra3Oeqh0sbHbbMCVNSnCM/UrjmM0Dp8vOuZeHBy/YTBmSK6H9qs/y3RnOaw5v.")]
    [InlineData("a very much longer text to encrypt.  This one even stretches over morethan one line.", "anotherlongsaltstring", 1400, "$6$rounds=1400$anotherlongsalts$POfYwTEok97VWcjxIiSOjiykti.o/pQs.wPvMxQ6Fm7I6IoYN3CmLs66x9t0oSwbtEW7o7UmJEiDwGqd8p4ur1")]
    [InlineData("we have a short salt string but not a short password", "short", 77777, "$6$rounds=77777$short$WuQyW2YR.hBNpjjRhpYD/ifIw05xdfeEyQoMxIXbkvr0gge1a1x3yRULJ5CCaUeOxFmtlcGZelFl5CxtgfiAc0")]
    public void Hash_Specification_Matches(string password, string salt, int rounds, string expected) =>
        Assert.Equal(expected, Sha512Crypt.Hash(password, salt, rounds));

    [Fact]
    public async Task Hash_OpenSsl_MakesTheSame()
    {
        for (var length = 1; length <= 70; length += 23)
        {
            var password = new string('q', length - 1) + "Z";
            var theirs = await HostCommand.RunAsync("openssl", ["passwd", "-6", "-salt", "abcDEF0123./", "-stdin"], password);
            Assert.Equal(theirs.Trim(), Sha512Crypt.Hash(password, "abcDEF0123./", 5000));
        }
    }

    [Fact]
    public void Hash_TwicePassword_DiffersBySalt() => Assert.NotEqual(Sha512Crypt.Hash("same"), Sha512Crypt.Hash("same"));
}
