using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Bittensor.Tests.Keys;

/// <summary>
/// A Node process that answers with @polkadot/util-crypto, one JSON line per JSON line. Its packages come from <c>npm ci</c> in
/// tests/interop; without them the tests fail and say so.
/// </summary>
public sealed class PolkadotProcess : IDisposable
{
    readonly Process _node;

    public PolkadotProcess()
    {
        var directory = FindDirectory();
        Assert.True(Directory.Exists(Path.Combine(directory, "node_modules", "@polkadot", "util-crypto")), $"Run 'npm ci' in {directory} first.");
        var start = new ProcessStartInfo("node", "sr25519.mjs")
        {
            WorkingDirectory = directory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        _node = Process.Start(start)!;
    }

    public JsonNode Ask(string question, params (string Name, string Value)[] arguments)
    {
        var request = new JsonObject { ["ask"] = question };
        foreach (var (name, value) in arguments)
            request[name] = value;
        _node.StandardInput.WriteLine(request.ToJsonString());
        var line = _node.StandardOutput.ReadLine() ?? throw new InvalidOperationException("The Node process ended; its error is in the test's output.");
        return JsonNode.Parse(line)!["result"]!;
    }

    public byte[] AskBytes(string question, params (string Name, string Value)[] arguments) =>
        Convert.FromHexString(Ask(question, arguments).GetValue<string>().AsSpan(2));

    public void Dispose()
    {
        _node.StandardInput.Close();
        _node.WaitForExit();
        _node.Dispose();
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
