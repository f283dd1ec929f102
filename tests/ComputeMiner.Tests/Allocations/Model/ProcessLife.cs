using ComputeMiner.Allocations;

namespace ComputeMiner.Tests.Allocations.Model;

/// <summary>One process of the miner: it may be killed at a step, and steps may fail.</summary>
sealed class ProcessLife(Action<CrashPoint> meet)
{
    readonly Lock _turn = new();
    int _stepsLeft = int.MaxValue;
    bool _over;

    public bool IsOver
    {
        get
        {
            lock (_turn)
                return _over;
        }
    }

    /// <summary>Lets it die at the n-th step from here, counted before and after each; 0 lets it live.</summary>
    public void KillAfter(int steps)
    {
        lock (_turn)
            _stepsLeft = steps == 0 ? int.MaxValue : steps;
    }

    public void End()
    {
        lock (_turn)
            _over = true;
    }

    public void Cross(CrashPoint point, bool after)
    {
        lock (_turn)
        {
            if (_over || --_stepsLeft == 0)
            {
                _over = true;
                throw new KilledException();
            }
        }
        if (!after)
            meet(point);
    }
}
