using ComputeMiner.Releases;

namespace ComputeMiner.Cli;

/// <summary>How it stands with newer versions, for a person.</summary>
static class UpdateLines
{
    public static void Write(UpdateStatus status, Action<string, string> row)
    {
        row("updates", $"{status.Mode}: {status.State}");
        if (status.Newest is { } newest)
            row("newest", $"{newest}, published {status.Published:u}{(status.NewestIsSigned ? ", signed" : ", NOT CHECKED: no --update.key, or another")}{(status.Expires is { } end ? $", good until {end:u}" : "")}");
        if (status.CheckedAt is { } checkedAt)
            row("last check", $"{checkedAt:u}{(status.CheckFault is { } fault ? ", FAILED: " + fault : "")}");
        if (status.Watch is { } watch)
            row("watched", $"{watch.Version} until {watch.Until:u}: {watch.QuickEnds} quick ends in a row; with {watch.MostQuickEnds} {watch.Before} runs again");
        if (status.LastResult is { } result)
            row("last install", $"{status.LastResultAt:u}: {result}{(status.AwaySeconds is { } away ? $" (axon away for {away:0.0} s)" : "")}");
    }
}
