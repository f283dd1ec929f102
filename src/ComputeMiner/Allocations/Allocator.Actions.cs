using System.Text;
using Bittensor.Compute;
using Bittensor.Keys;
using ComputeMiner.Containers;

namespace ComputeMiner.Allocations;

/// <content>What an owner may do with a running allocation. Each answers false for anybody else, and when the engine failed.</content>
sealed partial class Allocator
{
    /// <summary>Freezes all processes; the container and the hold stay.</summary>
    public Task<bool> PauseAsync(SealingKey key, Hotkey caller, CancellationToken cancellation) => ActAsync(key, caller, (held, _) =>
        TryOrStepBackAsync(held, AllocationState.Paused, id => engine.PauseAsync(id, CancellationToken.None)), cancellation);

    /// <summary>Lets frozen processes go on.</summary>
    public Task<bool> ResumeAsync(SealingKey key, Hotkey caller, CancellationToken cancellation) => ActAsync(key, caller, (held, _) =>
        TryOrStepBackAsync(held, AllocationState.Running, id => engine.ResumeAsync(id, CancellationToken.None)), cancellation);

    /// <summary>Restarts the same container on its file system; returns when sshd greeted again.</summary>
    public Task<bool> RestartAsync(SealingKey key, Hotkey caller, CancellationToken cancellation) => ActAsync(key, caller, async (held, stop) =>
    {
        if (!await TryOrStepBackAsync(held, AllocationState.Running, id => engine.RestartAsync(id, CancellationToken.None)))
            return false;
        await engine.WaitForSshAsync(held.ContainerId!, container.SshPort, stop);
        return true;
    }, cancellation);

    /// <summary>Puts a key into one slot of authorized_keys, or clears the slot; no process of the tenant notices.</summary>
    public Task<bool> ExchangeKeyAsync(SealingKey key, Hotkey caller, KeySlot slot, SshPublicKey? sshKey, CancellationToken cancellation) =>
        ActAsync(key, caller, async (held, _) =>
        {
            var file = await engine.ReadFileAsync(held.ContainerId!, AuthorizedKeys.Path, cancellation);
            var text = AuthorizedKeys.Replace(Encoding.UTF8.GetString(file ?? []), slot, sshKey);
            var replacement = DeliveredFile.Text(AuthorizedKeys.Path, text, DeliveredFile.Private);
            await engine.ReplaceFileAsync(held.ContainerId!, replacement, CancellationToken.None);
            return true;
        }, cancellation);

    // What the action waits for ends with the allocation too: nobody's release waits for an sshd that never comes back.
    async Task<bool> ActAsync(SealingKey key, Hotkey caller, Func<Allocation, CancellationToken, Task<bool>> act, CancellationToken cancellation)
    {
        if (!MayAct(key, caller))
            return false;
        await _world.WaitAsync(cancellation);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        try
        {
            if (!MayAct(key, caller) || _slot.Held is not { ContainerId: not null } held)
                return false;
            _slot.Begin(held.Id, stop);
            return await act(held, stop.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return false;
        }
        catch (Exception fault) when (fault is ContainerEngineException or LedgerException)
        {
            Log.ActionFailed(logger, fault.Message);
            return false;
        }
        finally
        {
            _world.Release();
        }
    }

    bool MayAct(SealingKey key, Hotkey caller) => _slot.Held is { IsAlive: true } held && Owns(held.Owner, held.Hotkey, key, caller);

    // What was written before the engine was asked is taken back when it refused. False when the allocation ended meanwhile.
    async Task<bool> TryOrStepBackAsync(Allocation before, AllocationState after, Func<string, Task> change)
    {
        if (!TryStep(before with { State = after }))
            return false;
        try
        {
            await change(before.ContainerId!);
            return true;
        }
        catch (ContainerEngineException)
        {
            TryStep(before);
            throw;
        }
    }
}
