using System.Diagnostics;
using System.Text.Json.Nodes;

namespace DevNet.Tests.Interop;

/// <summary>
/// A Node process that drives a chain with @polkadot/api; as a fixture, a chain of its own with fast blocks. Its packages come from <c>npm ci</c> in tests/interop;
/// without them the tests fail and say so.
/// </summary>
public sealed class PolkadotApiProcess : IAsyncLifetime
{
    Process? _node;
    bool _ownsChain;

    public DevChain Chain { get; private set; } = null!;

    /// <summary>Drives a chain that belongs to somebody else.</summary>
    public static PolkadotApiProcess Start(DevChain chain)
    {
        var process = new PolkadotApiProcess { Chain = chain };
        process.StartNode();
        return process;
    }

    public async ValueTask InitializeAsync()
    {
        Chain = await DevChain.StartAsync(new DevChainOptions { BlockTime = TimeSpan.FromMilliseconds(100) });
        _ownsChain = true;
        StartNode();
    }

    void StartNode()
    {
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

    /// <summary>A storage item of SubtensorModule.</summary>
    public Task<JsonNode?> QueryAsync(string item, params JsonNode[] keys) =>
        AskAsync("query", new() { ["pallet"] = "subtensorModule", ["item"] = item, ["keys"] = new JsonArray(keys) });

    /// <summary>A runtime call about subnets.</summary>
    public Task<JsonNode?> CallAsync(string method, params JsonNode[] args) =>
        AskAsync("call", new() { ["api"] = "subnetInfoRuntimeApi", ["method"] = method, ["args"] = new JsonArray(args) });

    public async ValueTask DisposeAsync()
    {
        if (_node is not null)
        {
            _node.StandardInput.Close();
            await _node.WaitForExitAsync();
            _node.Dispose();
        }
        if (_ownsChain)
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
