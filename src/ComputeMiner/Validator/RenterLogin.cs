using Renci.SshNet;
using Renci.SshNet.Common;
using ConnectionInfo = Renci.SshNet.ConnectionInfo;

namespace ComputeMiner.Validator;

/// <summary>Logs in as a renter does: over SSH, through the published port, with the password or a private key.</summary>
sealed class RenterLogin(string host, int port, string username)
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>Runs one command with password login and returns its trimmed standard output.</summary>
    /// <exception cref="SshException">Login refused or connection lost.</exception>
    public Task<string> RunWithPasswordAsync(string password, string command, CancellationToken cancellation) =>
        RunAsync(new PasswordAuthenticationMethod(username, password), command, cancellation);

    /// <summary>Runs one command with public-key login and returns its trimmed standard output.</summary>
    /// <exception cref="SshException">Login refused or connection lost.</exception>
    public Task<string> RunWithKeyAsync(IPrivateKeySource key, string command, CancellationToken cancellation) =>
        RunAsync(new PrivateKeyAuthenticationMethod(username, key), command, cancellation);

    async Task<string> RunAsync(AuthenticationMethod method, string command, CancellationToken cancellation)
    {
        using var client = new SshClient(new ConnectionInfo(host, port, username, method) { Timeout = Patience });
        await client.ConnectAsync(cancellation);
        using var run = client.CreateCommand(command);
        run.CommandTimeout = Patience;
        await run.ExecuteAsync(cancellation);
        return run.ExitStatus is null or 0
            ? run.Result.Trim()
            : throw new SshException($"'{command}' ended with status {run.ExitStatus}: {run.Error.Trim()}");
    }
}
