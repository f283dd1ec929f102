using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace ComputeMiner.Tests.Containers;

/// <summary>A network of its own on this machine, with sockets in it.</summary>
sealed partial class NetworkNamespace(string name)
{
    const int NewNet = 0x40000000;

    public string Path => $"/run/netns/{name}";

    public static async Task<NetworkNamespace> CreateAsync(string name)
    {
        await HostCommand.RunAsync("ip", ["netns", "add", name]);
        var made = new NetworkNamespace(name);
        await made.RunAsync("ip", "link", "set", "lo", "up");
        return made;
    }

    /// <summary>Ends what runs in a namespace of that name, and the namespace.</summary>
    public static async Task DeleteAsync(string name)
    {
        var (code, processes, _) = await HostCommand.TryRunAsync("ip", ["netns", "pids", name]);
        if (code != 0)
            return;
        foreach (var process in processes.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            await HostCommand.TryRunAsync("kill", ["-KILL", process]);
        await HostCommand.TryRunAsync("ip", ["netns", "del", name]);
    }

    public Task<string> RunAsync(string program, params string[] arguments) =>
        HostCommand.RunAsync("nsenter", [$"--net={Path}", "--", program, .. arguments]);

    /// <summary>A server on all addresses of this network that greets and goes.</summary>
    public GreetingServer Serve(int port) => new(() => Open(() =>
    {
        var socket = new Socket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp) { DualMode = true };
        socket.Bind(new IPEndPoint(IPAddress.IPv6Any, port));
        socket.Listen(512);
        return socket;
    }));

    /// <summary>A socket of any kind, made inside: a socket stays in the network it was made in, whichever thread uses it.</summary>
    public T Open<T>(Func<T> open)
    {
        T? made = default;
        Exception? fault = null;
        var thread = new Thread(() =>
        {
            try
            {
                using var file = File.OpenHandle(Path);
                if (SetNamespace(file.DangerousGetHandle().ToInt32(), NewNet) != 0)
                    throw new InvalidOperationException($"setns failed: {Marshal.GetLastPInvokeError()}");
                made = open();
            }
            catch (Exception failure)
            {
                fault = failure;
            }
        });
        thread.Start();
        thread.Join();
        return fault is null ? made! : throw new InvalidOperationException("Not possible in there.", fault);
    }

    [LibraryImport("libc", EntryPoint = "setns", SetLastError = true)]
    private static partial int SetNamespace(int file, int kind);
}
