using System.Diagnostics;

namespace ComputeMiner.Tests.Containers;

/// <summary>Runs another program, to ask it what it makes of ours.</summary>
static class HostCommand
{
    public static async Task<string> RunAsync(string file, string[] arguments, string input = "")
    {
        var (code, output, errors) = await TryRunAsync(file, arguments, input);
        return code == 0 ? output : throw new InvalidOperationException($"{file} {string.Join(' ', arguments)} ended with {code}: {errors}");
    }

    public static async Task<(int Code, string Output, string Errors)> TryRunAsync(string file, string[] arguments, string input = "")
    {
        var start = new ProcessStartInfo(file, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output, await errors);
    }
}
