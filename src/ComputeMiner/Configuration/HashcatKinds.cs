using System.Collections.Immutable;
using ComputeMiner.Challenges;

namespace ComputeMiner.Configuration;

/// <summary>The kinds of hashcat's settings.</summary>
static class HashcatKinds
{
    public static readonly ValueKind<ImmutableArray<string>> Options =
        new("OPTIONS", HashcatOptions.Read, static options => string.Join(' ', options));
}
