using ComputeMiner.Specs;

namespace ComputeMiner.Tests.Specs;

/// <summary>Which findings are published: never another set during a rental, a smaller one only after repeats.</summary>
public sealed class GpuJudgementTests
{
    static readonly GpuSpecs Eight = Set(8), Seven = Set(7), Six = Set(6);

    readonly GpuJudgement _judgement = new();

    [Fact]
    public void Decide_Rented_NeverChangesTheSet()
    {
        var other = new GpuSpecs(8, 8 * 143771, [.. Enumerable.Repeat(new GpuDetail("NVIDIA H100", 143771), 8)], 1, 2);

        foreach (var found in new[] { Seven, null, GpuSpecs.None, other, Set(9) })
        {
            for (var i = 0; i < 10; i++)
                Assert.Same(Eight, Decide(Eight, found, rented: true));
        }
    }

    [Fact]
    public void Decide_SameSet_TakesTheFreshClocks()
    {
        var fresh = Eight with { GraphicsSpeed = 345, Details = [.. Eight.Details] };

        Assert.Same(fresh, Decide(Eight, fresh, rented: true));
        Assert.Same(fresh, Decide(Eight, fresh, rented: false));
    }

    [Fact]
    public void Decide_SmallerOrFailedWhileFree_CountsTheThirdTimeInARow()
    {
        Assert.Same(Eight, Decide(Eight, Seven));
        Assert.Same(Eight, Decide(Eight, Seven));
        Assert.Same(Eight, Decide(Eight, Six));
        Assert.Same(Eight, Decide(Eight, Six));
        Assert.Same(Eight, Decide(Eight, Eight));
        Assert.Same(Eight, Decide(Eight, Six));
        Assert.Same(Eight, Decide(Eight, Six));
        Assert.Same(Six, Decide(Eight, Six));

        Assert.Same(Six, Decide(Six, null));
        Assert.Same(Six, Decide(Six, null));
        Assert.Equal(0, Decide(Six, null)!.Count);
    }

    [Fact]
    public void Decide_LostDuringARental_CountsWhenItEnds()
    {
        for (var i = 0; i < 3; i++)
            Assert.Same(Eight, Decide(Eight, Seven, rented: true));

        Assert.Same(Seven, Decide(Eight, Seven));
    }

    [Fact]
    public void Decide_LargerOrChosenAnewWhileFree_CountsAtOnce()
    {
        Assert.Same(Eight, Decide(Seven, Eight));
        Assert.Same(Six, Decide(Eight, Six, isWhole: true, isChosenAnew: true));
    }

    [Fact]
    public void Decide_NothingPublishedYet_TakesAWholeSetAndWaitsWithAnother()
    {
        Assert.Same(Eight, Decide(null, Eight));
        Assert.Same(Eight, Decide(null, Eight, rented: true));
        Assert.Null(Decide(null, Seven, isWhole: false));
        Assert.Null(Decide(null, null));
        Assert.Null(Decide(null, null, rented: true));
        Assert.Null(Decide(null, null, rented: true));
        Assert.Same(GpuSpecs.None, Decide(null, null));
    }

    GpuSpecs? Decide(GpuSpecs? last, GpuSpecs? found, bool? isWhole = null, bool isChosenAnew = false, bool rented = false) =>
        _judgement.Decide(last, found, isWhole ?? found?.Count >= 8, isChosenAnew, rented);

    static GpuSpecs Set(int count) =>
        new(count, count * 143771, [.. Enumerable.Repeat(new GpuDetail("NVIDIA H200", 143771), count)], 1980, 2619);
}
