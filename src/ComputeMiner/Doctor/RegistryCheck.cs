using ComputeMiner.Registry;

namespace ComputeMiner.Doctor;

/// <summary>The registry's API key is there, can be one, and the registry knows whose it is. The key itself is shown nowhere.</summary>
sealed class RegistryCheck(RegistrySettings settings, RegistryKeySources keys, TimeProvider time) : IDoctorCheck
{
    const string Name = "registry key";
    const string Unseen = "validators see neither hardware nor state of this machine";
    const string Places = "put the API key of a wandb.ai account into WANDB_API_KEY, .env or ~/.netrc";

    public async Task<IReadOnlyList<CheckResult>> RunAsync(CancellationToken cancellation) => [await CheckAsync(cancellation)];

    async Task<CheckResult> CheckAsync(CancellationToken cancellation)
    {
        if (settings.Kind == RegistryKind.Off)
            return CheckResult.Good(Name, $"none needed: --registry off; {Unseen}");
        if (keys.IsSwitchedOff)
            return CheckResult.Warning(Name, $"not used, WANDB_MODE says so: {Unseen}", "take WANDB_MODE out of the environment");
        if (keys.Find(settings.Url) is not { } key)
            return CheckResult.Warning(Name, $"none: {Unseen}", Places);
        if (key.Fault is { } fault)
            return CheckResult.Failed(Name, fault, $"copy it whole from https://wandb.ai/authorize; {Places}");
        var access = new RegistryAccess(settings, keys, time);
        return access.FindKey() is { Key: null, Reason: var reason }
            ? CheckResult.Failed(Name, reason, "give --registry.url an https:// address")
            : await AskAsync(access, key, cancellation);
    }

    async Task<CheckResult> AskAsync(RegistryAccess access, RegistryKey key, CancellationToken cancellation)
    {
        var service = settings.Url.Authority;
        try
        {
            using var transport = access.Open(key);
            return await new RegistryApi(transport, settings).GetUsernameAsync(cancellation) is { } account
                ? CheckResult.Good(Name, $"{key}, account {account} at {service}")
                : Unknown($"{service} knows no account with the {key}");
        }
        catch (RegistryException fault) when (fault.Fault is RegistryFault.Unauthorised or RegistryFault.Forbidden)
        {
            return Unknown($"{service} does not accept the {key}: {fault.Message}");
        }
        catch (RegistryException fault) when (fault.Fault == RegistryFault.RateLimited)
        {
            return CheckResult.Warning(Name, $"{key}, not checked: {service} asks to wait ({fault.Message})", "look again in some minutes");
        }
        catch (RegistryException fault)
        {
            return CheckResult.Failed(Name, $"{key}, not checked: {service} does not answer ({fault.Message})",
                "check the network, HTTPS_PROXY and --registry.url; a running miner tries again by itself");
        }
    }

    static CheckResult Unknown(string finding) => CheckResult.Failed(Name, finding, $"take a valid one from https://wandb.ai/authorize; {Places}");
}
