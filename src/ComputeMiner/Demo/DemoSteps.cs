using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization;
using Spectre.Console;

namespace ComputeMiner.Demo;

/// <summary>Runs the demo's steps one after the other and shows each with a mark, its time and what was seen.</summary>
sealed class DemoSteps(IAnsiConsole console, TextWriter output, bool json)
{
    const int NameWidth = 46;
    readonly Stopwatch _total = Stopwatch.StartNew();

    public int Done { get; private set; }

    public TimeSpan Elapsed => _total.Elapsed;

    /// <summary>Runs a step; its text result is what was seen. The exception that ends a step ends the demo.</summary>
    public async Task RunAsync(string name, Func<Task<string>> body)
    {
        var watch = Stopwatch.StartNew();
        try
        {
            var seen = json || !console.Profile.Capabilities.Interactive
                ? await body()
                : await console.Status().StartAsync(Markup.Escape(name), _ => body());
            Done++;
            Report(name, ok: true, watch.Elapsed, seen);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            Report(name, ok: false, watch.Elapsed, e.Message);
            throw new DemoFailedException(name, e);
        }
    }

    /// <summary>A headline between groups of steps; nothing in JSON.</summary>
    public void Headline(string text)
    {
        if (!json)
            console.MarkupLineInterpolated($"\n[bold]{text}[/]");
    }

    void Report(string name, bool ok, TimeSpan time, string seen)
    {
        if (json)
        {
            var record = new DemoStepRecord(Done + (ok ? 0 : 1), name, ok, Math.Round(time.TotalSeconds, 3), seen);
            output.WriteLine(JsonSerializer.Serialize(record, DemoJson.Default.DemoStepRecord));
            return;
        }
        var mark = ok ? "[green]✔[/]" : "[red]✘[/]";
        console.Write(new Markup($" {mark} {Markup.Escape(name.PadRight(NameWidth))} [grey]{time.TotalSeconds,7:0.00} s[/]  {Markup.Escape(seen)}\n"));
    }
}

/// <summary>One line of <c>miner demo --json</c>.</summary>
sealed record DemoStepRecord(int Step, string Name, bool Ok, double Seconds, string Seen);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(DemoStepRecord))]
sealed partial class DemoJson : JsonSerializerContext;
