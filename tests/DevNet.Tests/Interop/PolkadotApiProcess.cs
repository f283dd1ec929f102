using System.Diagnostics;
using System.Text.Json.Nodes;

namespace DevNet.Tests.Interop;

/// <summary>
/// A chain with fast blocks and a Node process that drives it with @polkadot/api. Its packages come from <c>npm ci</c> in tests/interop;
/// without them the tests fail and say so.
/// </summary>
public sealed class PolkadotApiProcess : IAsyncLifetime
{
    Process? _node;

    public DevChain Chain { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Chain = await DevChain.StartAsync(new DevChainOptions { BlockTime = TimeSpan.FromMilliseconds(100) });
        var directory = FindDirectory();
        Assert.True(Directory.Exists(Path.Combine(directory, "node_modules", "@polkadot", "api")), $"Run 'npm ci' in {directory} first.");
        var start = new ProcessStartInfo("node", ["devnet.mjs", Chain.Endpoint.AbsoluteUri])
        {
            WorkingDirectory = directory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        _node = Process.Start(start)!;
    }

    /// <summary>Asks one of the questions of devnet.mjs.</summary>
    public async Task<JsonNode?> AskAsync(string question, JsonObject? parameters = null)
    {
        var request = parameters ?? [];
        request["ask"] = question;
        await _node!.StandardInput.WriteLineAsync(request.ToJsonString());
        var line = await _node.StandardOutput.ReadLineAsync()
            ?? throw new InvalidOperationException("The Node process ended; its error is in the output of the test.");
        var answer = JsonNode.Parse(line)!.AsObject();
        Assert.False(answer.ContainsKey("failure"), (string?)answer["failure"]);
        return answer["result"];
    }

    public async ValueTask DisposeAsync()
    {
        if (_node is not null)
        {
            _node.StandardInput.Close();
            await _node.WaitForExitAsync();
            _node.Dispose();
        }
        await Chain.DisposeAsync();
    }

    static string FindDirectory()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            var candidate = Path.Combine(directory.FullName, "tests", "interop");
            if (Directory.Exists(candidate))
                return candidate;
        }
        throw new DirectoryNotFoundException("tests/interop is not above the test's own directory.");
    }
}
