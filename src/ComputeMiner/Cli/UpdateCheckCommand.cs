using ComputeMiner.Configuration;
using ComputeMiner.Releases;
using ComputeMiner.Updates;

namespace ComputeMiner.Cli;

/// <summary>Asks the release source now; keeps and changes nothing.</summary>
sealed class UpdateCheckCommand(TimeProvider time) : CliCommand
{
    public override string Name => "check";

    public override string Summary => "Ask the release source for the newest version.";

    public override string Example => "miner update check --update.url https://releases.example/miner.json --update.key KEY";

    public override IEnumerable<Setting> Settings => SettingTable.Group("update");

    public override bool PrintsData => true;

    public override async Task<int> RunAsync(CommandContext context, CancellationToken cancellation)
    {
        var settings = context.Options.Update;
        if (settings.Url is not { } url)
            throw new CommandFailedException("There is no release source. Name the manifest's address with --update.url.");
        try
        {
            using var http = WebFile.CreateClient();
            var release = await UpdateCheck.AskAsync(url, settings.Key, http, time, cancellation);
            var known = new UpdateState { Newest = release, CheckedAt = time.GetUtcNow() };
            var isNewer = release.Parsed() > ReleaseVersion.Own;
            var status = UpdateStatus.Of(settings, known, isNewer ? $"{release.Version} is newer" : "up to date");
            if (context.Json)
                context.WriteJson(status, ReleasesJson.Default.UpdateStatus);
            else
                Show(context.Console, status, release);
            return ExitCode.Good;
        }
        catch (Exception fault) when (fault is ReleaseException or WebFileException)
        {
            throw new CommandFailedException($"{Addresses.Redact(url.OriginalString)} says nothing of use: {fault.Message}.");
        }
    }

    static void Show(CliConsole console, UpdateStatus status, KnownRelease release)
    {
        console.Out.WriteLine($"{"version",-14}{status.Current}");
        UpdateLines.Write(status, (name, value) => console.Out.WriteLine($"{name,-14}{value}"));
        console.Out.WriteLine($"{"archive",-14}{(release.File is { } file
            ? $"{file.Size >> 20} MiB for {ReleaseManifest.Platform}"
            : $"none for {ReleaseManifest.Platform}, only for {string.Join(", ", release.Platforms)}")}");
        if (release.Notes.Length > 0)
            console.Out.WriteLine("\n" + release.Notes);
    }
}
