using ComputeMiner.Challenges;

namespace ComputeMiner.Tests.Challenges;

/// <summary>Lines recorded from hashcat 6.2.6.</summary>
public sealed class HashcatStatusTests
{
    const string Recorded = """
        [s]tatus [p]ause [b]ypass [c]heckpoint [f]inish [q]uit =>         { "session": "x", "guess": { "guess_base": "?1?1?1?1", "guess_base_count": 1, "guess_base_offset": 1, "guess_base_percent": 100.00, "guess_mask_length": 4, "guess_mod": null, "guess_mod_count": 1, "guess_mod_offset": 1, "guess_mod_percent": 100.00, "guess_mode": 10 }, "status": 6, "target": "$BLAKE2$ded6016983c750cfacd4144a2a756e10bed7c98747d...556677", "progress": [2500, 10000], "restore_point": 0, "recovered_hashes": [1, 1], "recovered_salts": [1, 1], "rejected": 0, "devices": [ { "device_id": 1, "device_name": "pthread-skylake-avx512-AMD EPYC", "device_type": "CPU", "speed": 23095, "util": -1 } ], "time_start": 1795375526, "estimated_stop": 1795375527 }
        """;

    [Fact]
    public void TryRead_RecordedLine_HasProgressAndSpeed()
    {
        var status = HashcatStatus.TryRead(Recorded)!;

        Assert.Equal((0.25, 23095.0), (status.Share, status.Speed));
    }

    [Theory]
    [InlineData("")]
    [InlineData("Started: Sun Nov 22 19:23:20 2026")]
    [InlineData("{")]
    [InlineData("{ \"progress\": \"all of it\" }")]
    [InlineData("{ \"progress\": [1, 2] } trailing")]
    public void TryRead_NoStatus_IsNull(string line) => Assert.Null(HashcatStatus.TryRead(line));

    [Theory]
    [InlineData("{}")]
    [InlineData("{ \"progress\": [], \"devices\": [] }")]
    [InlineData("{ \"progress\": [5, 0] }")]
    [InlineData("{ \"devices\": [null, {}] }")]
    [InlineData("{ \"progress\": [-5, 10], \"devices\": null }")]
    public void TryRead_IncompleteStatus_IsNothingDone(string line) => Assert.Equal((0.0, 0.0), (HashcatStatus.TryRead(line)!.Share, HashcatStatus.TryRead(line)!.Speed));

    [Fact]
    public void Read_RecordedBackendInfo_NamesTheDevice() => Assert.Equal(
        [new HashcatDevice(1, "CPU", "pthread-skylake-avx512-AMD EPYC")],
        HashcatBenchmark.Read(
        [
            "OpenCL Platform ID #1", "  Vendor..: The pocl project", "  Name....: Portable Computing Language", "",
            "  Backend Device ID #1", "    Type...........: CPU", "    Vendor.ID......: 1", "    Vendor.........: AuthenticAMD",
            "    Name...........: pthread-skylake-avx512-AMD EPYC", "    Processor(s)...: 2",
        ]));

    // The form of hashcat 6.2.6, src/terminal.c, backend_info, for a GPU that CUDA and OpenCL both offer.
    [Fact]
    public void Read_DeviceOfTwoInterfaces_IsOne() => Assert.Equal(
        [new HashcatDevice(1, "GPU", "NVIDIA H100")],
        HashcatBenchmark.Read(
        [
            "Backend Device ID #1 (Alias: #2)", "  Name...........: NVIDIA H100", "  Processor(s)...: 132",
            "  Backend Device ID #2 (Alias: #1)", "    Type...........: GPU", "    Name...........: NVIDIA H100",
        ]));

    [Theory]
    [InlineData(0, "0 H/s")]
    [InlineData(999, "999 H/s")]
    [InlineData(15519197, "15.52 MH/s")]
    [InlineData(2.5e12, "2.5 TH/s")]
    [InlineData(1e18, "1000000 TH/s")]
    public void Show_Rate_HasAUnit(double rate, string expected) => Assert.Equal(expected, HashRate.Show(rate));
}
