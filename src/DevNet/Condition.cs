namespace DevNet;

/// <summary>Lets others wait for something to be so. Used under the chain's lock.</summary>
sealed class Condition
{
    readonly List<(Func<bool> Holds, TaskCompletionSource Reached)> _waiting = [];

    /// <summary>Completes at once when it is so, else at the <see cref="Check"/> that finds it so.</summary>
    public Task When(Func<bool> holds)
    {
        if (holds())
            return Task.CompletedTask;
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting.Add((holds, reached));
        return reached.Task;
    }

    /// <summary>Looks again; called after every change that may matter.</summary>
    public void Check()
    {
        foreach (var waiting in _waiting.Where(waiting => waiting.Holds()).ToArray())
        {
            _waiting.Remove(waiting);
            waiting.Reached.SetResult();
        }
    }
}
