using ComputeMiner.Specs;

namespace ComputeMiner.Tests.Specs;

/// <summary>The bytes of the document: names, order and the difference between an integer and a float.</summary>
public sealed class SpecsDocumentTests
{
    [Fact]
    public void ToJson_WholeNumbers_FloatsKeepTheirPoint()
    {
        var document = new SpecsDocument(
            new CpuSpecs(64, 2600), new GpuSpecs(1, 143771, [new GpuDetail("NVIDIA H200", 143771)], 1980, 2619),
            new DiskSpecs(1000, 600, 300, 1200, 0), new RamSpecs(100, 70, 20, 30, 8, 2, 6, 1e21, 0.5), true);

        Assert.Equal(
            """
            {"cpu":{"count":64,"frequency":2600.0},
            "gpu":{"count":1,"capacity":143771,"details":[{"name":"NVIDIA H200","capacity":143771}],"graphics_speed":1980,"memory_speed":2619},
            "hard_disk":{"total":1000,"free":600,"used":300,"write_speed":1200.0,"read_speed":0.0},
            "ram":{"total":100,"available":70,"used":20,"free":30,"swap_total":8,"swap_used":2,"swap_free":6,"read_speed":1E+21,"write_speed":0.5},
            "has_docker":true}
            """.Replace("\n", "", StringComparison.Ordinal),
            document.ToJson().ToJsonString());
    }

    [Fact]
    public void ToJson_GivesATreeOfTheCallersOwn()
    {
        var document = new SpecsDocument(new CpuSpecs(1, 1), GpuSpecs.None, new DiskSpecs(1, 1, 0), new RamSpecs(1, 1, 0, 1, 0, 0, 0), false);
        var first = document.ToJson();
        first.Remove("cpu");

        Assert.NotNull(document.ToJson()["cpu"]);
        Assert.Null(document.ToJson().Parent);
    }
}
