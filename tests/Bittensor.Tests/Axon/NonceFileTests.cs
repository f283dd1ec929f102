using System.Collections.Immutable;
using Bittensor.Axon;
using Bittensor.Keys;
using Bittensor.Tests.Keys;

namespace Bittensor.Tests.Axon;

public sealed class NonceFileTests : IDisposable
{
    readonly TemporaryDirectory _directory = new();

    string File => Path.Combine(_directory.Path, "nonces");

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Read_NoFile_Null() => Assert.Null(new NonceFile(File).Read());

    [Fact]
    public void Read_WhatWasWritten_TheLastOnes()
    {
        var file = new NonceFile(File);
        var ahead = ImmutableDictionary<Hotkey, long>.Empty.Add(TestAxon.Validator.Hotkey, long.MaxValue).Add(TestAxon.Other.Hotkey, -1);

        file.Write(new NonceMarks(5, []));
        file.Write(new NonceMarks(1_760_000_000_000_000_000, ahead));

        var read = file.Read()!;
        Assert.Equal(1_760_000_000_000_000_000, read.Clock);
        Assert.Equal(ahead.OrderBy(mark => mark.Value), read.Ahead.OrderBy(mark => mark.Value));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, System.IO.File.GetUnixFileMode(File));
        Assert.Equal([File], Directory.EnumerateFiles(_directory.Path));
    }

    /// <summary>Every byte matters: whichever is flipped, and wherever the file is cut, nothing of it is believed.</summary>
    [Fact]
    public void Read_AnyByteChangedOrCutOff_Refused()
    {
        var file = new NonceFile(File);
        file.Write(new NonceMarks(7, ImmutableDictionary<Hotkey, long>.Empty.Add(TestAxon.Validator.Hotkey, 9)));
        var good = System.IO.File.ReadAllBytes(File);

        for (var i = 0; i < good.Length; i++)
        {
            var bad = good.ToArray();
            bad[i] ^= 0x10;
            System.IO.File.WriteAllBytes(File, bad);
            Assert.Throws<InvalidDataException>(file.Read);
            System.IO.File.WriteAllBytes(File, good[..i]);
            Assert.Throws<InvalidDataException>(file.Read);
        }
        System.IO.File.WriteAllBytes(File, new byte[1 << 20]);
        Assert.Throws<InvalidDataException>(file.Read);
    }
}
