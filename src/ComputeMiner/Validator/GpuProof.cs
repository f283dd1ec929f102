using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Renci.SshNet;
using Renci.SshNet.Common;
using ConnectionInfo = Renci.SshNet.ConnectionInfo;

namespace ComputeMiner.Validator;

/// <summary>
/// The proof validators demand of a machine they test, step by step as they do it over one SSH login (ni-compute, neurons/Validator/pog.py):
/// 1 login, 2 upload, 3 hash, 4 gpu_info, 5 benchmark, 6 seeds, 7 compute, 8 indices and proof, 9 download, 10 verification. Any word on
/// standard error is a failure there, and so it is here.
/// </summary>
/// <param name="gpus">How many GPUs the container must show; 0 for a stand-in on the processor.</param>
/// <param name="progress">Told of each step that held, with the time it took.</param>
sealed class GpuProof(int gpus, IProgress<(string Step, string Finding)> progress)
{
    const string ScriptFile = "/tmp/miner_script.py";
    const string Python = "/opt/conda/bin/python";
    const int SmallestSize = 96;
    const int HashRoot = 64;

    // The client library validators use waits this long for a connection, and for a command as long as the whole test may take.
    static readonly TimeSpan ConnectPatience = TimeSpan.FromSeconds(10);
    static readonly TimeSpan CommandPatience = TimeSpan.FromSeconds(300);

    /// <summary>What a validator grants for starting Python, hashing and writing, beside the computing itself.</summary>
    static readonly TimeSpan ComputeGrace = TimeSpan.FromSeconds(5);

    readonly Stopwatch _watch = new();

    /// <exception cref="GpuProofException">A step failed.</exception>
    public async Task RunAsync(string host, int port, string user, string password, CancellationToken cancellation)
    {
        var login = new ConnectionInfo(host, port, user, new PasswordAuthenticationMethod(user, password)) { Timeout = ConnectPatience };
        using var ssh = new SshClient(login);
        using var sftp = new SftpClient(login);
        _watch.Restart();
        try
        {
            await ssh.ConnectAsync(cancellation);
            await sftp.ConnectAsync(cancellation);
        }
        catch (Exception fault) when (fault is SshException or SocketException)
        {
            throw Failed("login", fault.Message, "see whether the image's sshd lets root in with a password", fault);
        }
        Done("login", "root with the password, and SFTP");
        try
        {
            await ProveAsync(ssh, sftp, cancellation);
        }
        catch (Exception fault) when (fault is SshException or SocketException)
        {
            throw Failed("connection", fault.Message, "the container or its sshd ended meanwhile: see `docker logs` and the memory limit", fault);
        }
    }

    async Task ProveAsync(SshClient ssh, SftpClient sftp, CancellationToken cancellation)
    {
        var script = ReadScript();
        using (var content = new MemoryStream(script))
            await Task.Run(() => sftp.UploadFile(content, ScriptFile), cancellation);
        Done("upload", ScriptFile);

        var hash = await RunAsync(ssh, "hash", $"{Python} -c \"import hashlib; print(hashlib.sha256(open('{ScriptFile}', 'rb').read()).hexdigest())\"", cancellation);
        if (hash.Trim() != Convert.ToHexStringLower(SHA256.HashData(script)))
            throw Failed("hash", "the uploaded file is another one", "see what changes files under /tmp in the image");
        Done("hash", "the same on both sides");

        var info = await RunAsync(ssh, "gpu_info", Mode("gpu_info"), cancellation);
        var count = ReadCount(info);
        if (count != Math.Max(1, gpus))
            throw Failed("gpu_info", $"{count} GPUs instead of {gpus}", "see `nvidia-smi` inside the container: the NVIDIA container toolkit hands them in");
        Done("gpu_info", info.Trim());

        var measured = (await RunAsync(ssh, "benchmark", Mode("benchmark"), cancellation)).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (measured.Length != 6 || !double.TryParse(measured[1], CultureInfo.InvariantCulture, out var memory) || !double.TryParse(measured[5], CultureInfo.InvariantCulture, out var seconds))
            throw Failed("benchmark", $"printed '{string.Join(' ', measured)}'", "see whether another program uses the GPU");
        Done("benchmark", $"{memory:0.00} GB usable, {seconds:0.000} s for a single-precision product of {measured[4]}");

        var n = GpuProofMath.SizeFor(memory, SmallestSize);
        var seeds = Enumerable.Range(0, count).Select(_ => (A: Seed(), B: Seed())).ToArray();
        await RunAsync(ssh, "seeds", $"echo '{n}\n{string.Join('\n', seeds.Select((seed, gpu) => $"{gpu} {seed.A} {seed.B}"))}' > /tmp/seeds.txt", cancellation);
        await RequireSharedMemoryAsync(ssh, count, n, cancellation);

        _watch.Restart();
        var computed = await RunAsync(ssh, "compute", Mode("compute"), cancellation);
        var wall = _watch.Elapsed;
        var roots = ReadPairs(computed, "Root hashes: ").ToDictionary(pair => pair.Gpu, pair => pair.Value);
        var times = ReadPairs(computed, "Timings: ").Select(pair => double.Parse(pair.Value, CultureInfo.InvariantCulture)).ToList();
        if (roots.Count != count || times.Count != count || roots.Values.Any(root => root.Length != HashRoot))
            throw Failed("compute", "root hashes or timings are missing", "see whether the container has memory enough for all GPUs at once");
        var limit = ComputeGrace + TimeSpan.FromSeconds(count * seconds);
        if (wall >= limit)
            throw Failed("compute", $"took {wall.TotalSeconds:0.0} s; {limit.TotalSeconds:0.0} s are granted", "see that nothing else works on this machine, and that /dev/shm and the image's layers are fast");
        if (times.Average() >= seconds)
            throw Failed("compute", $"a product took {times.Average():0.000} s on average, as long as the larger one of the benchmark", "see the GPU's clocks and temperature with `nvidia-smi -q -d PERFORMANCE`");
        Done("compute", $"{wall.TotalSeconds:0.0} of {limit.TotalSeconds:0.0} s, matrices of {n}");

        var rows = seeds.Select(_ => RandomNumberGenerator.GetInt32(n)).ToArray();
        var indices = string.Join('\n', rows.Select((row, gpu) => $"{gpu} {row},{RandomNumberGenerator.GetInt32(n)}"));
        await RunAsync(ssh, "indices", $"echo '{indices}' > /tmp/challenge_indices.txt", cancellation);
        await RunAsync(ssh, "proof", Mode("proof"), cancellation);
        Done("proof", "a row of each product with its path");

        for (var gpu = 0; gpu < count; gpu++)
        {
            using var file = new MemoryStream();
            var path = $"/dev/shm/responses_gpu_{gpu}.npy";
            await Task.Run(() => sftp.DownloadFile(path, file), cancellation);
            var expected = GpuProofMath.Row(seeds[gpu].A, seeds[gpu].B, n, rows[gpu]);
            if (GpuProofMath.ReadArray(file.ToArray()) is not { } answer || !GpuProofMath.Holds(answer, expected, rows[gpu], Convert.FromHexString(roots[gpu])))
                throw Failed("verification", $"GPU {gpu} computed something else", "this GPU makes errors: see `nvidia-smi -q -d ECC` and take it out with --container.gpus");
        }
        Done("verification", $"{count} of {count} rows are right");
    }

    // The product of each GPU lies there whole, and its tree.
    async Task RequireSharedMemoryAsync(SshClient ssh, int count, int n, CancellationToken cancellation)
    {
        var free = long.Parse((await RunAsync(ssh, "shared memory", "df -B1 --output=avail /dev/shm | tail -1", cancellation)).Trim(), CultureInfo.InvariantCulture);
        var needed = count * (4L * n * n + 128L * n + 4096);
        if (free < needed)
            throw Failed("shared memory", $"{free >> 20} MiB free in /dev/shm, {needed >> 20} MiB needed", "give the container more memory: lower --container.memory-reserve, or hand out fewer GPUs with --container.gpus");
        Done("shared memory", $"{needed >> 20} of {free >> 20} MiB needed");
    }

    static async Task<string> RunAsync(SshClient ssh, string step, string command, CancellationToken cancellation)
    {
        using var run = ssh.CreateCommand(command);
        run.CommandTimeout = CommandPatience;
        try
        {
            await run.ExecuteAsync(cancellation);
        }
        catch (SshOperationTimeoutException fault)
        {
            throw Failed(step, $"not done within {CommandPatience.TotalSeconds:0} s", "see what the machine is busy with", fault);
        }
        if (run.ExitStatus is not 0 || run.Error.Length > 0)
            throw Failed(step, $"ended with {run.ExitStatus} and said: {LastLine(run.Error)}", Remedy(run.Error));
        return run.Result;
    }

    string Mode(string mode) => $"{Python} {ScriptFile} --mode {mode} --device {(gpus > 0 ? "cuda" : "cpu")}";

    void Done(string step, string finding)
    {
        progress.Report((step, $"{finding} ({_watch.Elapsed.TotalSeconds:0.00} s)"));
        _watch.Restart();
    }

    static int ReadCount(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return document.RootElement.GetProperty("num_gpus").GetInt32();
        }
        catch (Exception fault) when (fault is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw Failed("gpu_info", $"printed '{LastLine(json)}' instead of one JSON object", "see that the image's shell start-up files print nothing", fault);
        }
    }

    static IEnumerable<(int Gpu, string Value)> ReadPairs(string output, string label)
    {
        var line = output.Split('\n').FirstOrDefault(each => each.StartsWith(label, StringComparison.Ordinal));
        if (line is null)
            return [];
        using var document = JsonDocument.Parse(line[label.Length..]);
        return [.. document.RootElement.EnumerateArray().Select(pair => (pair[0].GetInt32(), pair[1].ToString()))];
    }

    static string Remedy(string error) =>
        error.Contains("No module named", StringComparison.Ordinal) || error.Contains("not found", StringComparison.Ordinal)
            ? $"the image needs Python at {Python} with PyTorch and numpy; see --container.image"
            : "whatever a command prints on standard error fails the test: run it in the container and mend what it complains about";

    static string LastLine(string text) => text.Trim().Split('\n')[^1];

    static ulong Seed() => BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8)) >> 1;

    static byte[] ReadScript()
    {
        using var stream = typeof(GpuProof).Assembly.GetManifestResourceStream("ComputeMiner.Validator.gpu_proof.py")!;
        using var reader = new StreamReader(stream);
        return Encoding.UTF8.GetBytes(reader.ReadToEnd());
    }

    static GpuProofException Failed(string step, string message, string remedy, Exception? fault = null) => new(step, message, remedy, fault);
}
