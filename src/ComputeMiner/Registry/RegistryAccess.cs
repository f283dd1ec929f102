namespace ComputeMiner.Registry;

/// <summary>The way to the service: where it is, the key of this moment, and how often it may be asked.</summary>
/// <param name="settings">Where it is.</param>
/// <param name="keys">Where the API key may lie.</param>
/// <param name="time">The clock.</param>
sealed class RegistryAccess(RegistrySettings settings, RegistryKeySources keys, TimeProvider time)
{
    static readonly TimeSpan RequestPatience = TimeSpan.FromSeconds(30);

    readonly RegistryPace _pace = new(time);

    public RegistrySettings Settings => settings;

    /// <summary>The API key of this moment; null with the reason when there is nothing to do.</summary>
    public (RegistryKey? Key, string Reason) FindKey()
    {
        if (settings.Kind == RegistryKind.Off)
            return (null, "off: --registry off");
        if (keys.IsSwitchedOff)
            return (null, "off: WANDB_MODE says so");
        if (settings.Url.Scheme != Uri.UriSchemeHttps && !settings.Url.IsLoopback)
            return (null, "off: the key would cross the network in clear text; give --registry.url an https:// address");
        if (keys.Find(settings.Url) is not { } key)
            return (null, "off: no key. Validators do not see this machine's hardware; put the API key of a wandb.ai account into WANDB_API_KEY, .env or ~/.netrc");
        return key.Fault is { } fault ? (null, $"off: {fault}") : (key, "");
    }

    public RegistryTransport Open(RegistryKey key) => new(settings.Url, key, RequestPatience, _pace, time);
}
