using ComputeMiner.Configuration;
using ComputeMiner.Validator;

namespace ComputeMiner.Cli;

/// <summary>The caller's side by hand: everything a validator or the rental service asks of a miner.</summary>
static class ValidatorCommands
{
    static readonly CommandFlag<int> Days = new("days", ValueKinds.Integer(1, 3650), 1, "Days the machine is wanted for.");
    static readonly CommandFlag<bool> Testing = new("testing", ValueKinds.Switch, false, "A short test, which a rental pre-empts.");
    static readonly CommandFlag<string> SshKey = new("ssh-key", ValueKinds.Text, "", "An OpenSSH public key line to let in.");
    static readonly CommandFlag<int> Difficulty = new("difficulty", ValueKinds.Integer(0, 16), 7, "Length of the password to find.");
    static readonly CommandFlag<int> Mode = new("mode", ValueKinds.Choice(("600", 600), ("610", 610)), 610, "hashcat's mode: BLAKE2b-512 of the password, or of password and salt.");
    static readonly CommandFlag<TimeSpan> Wait = new("wait", ValueKinds.Seconds, TimeSpan.FromSeconds(60), "Seconds to wait for the answer.");

    public static CommandGroup Group { get; } = new(
        "validator",
        "Ask a miner what a validator asks, by hand.",
        new ValidatorCommand("ping", "Ask whether the axon answers.", "", [], async (session, _, token) =>
            ValidatorAnswer.Of(await session.PingAsync(token))),
        new ValidatorCommand("check", "Ask whether the machine is free.", "", [], async (session, _, token) =>
            ValidatorAnswer.Of(await session.CheckAsync(token))),
        new ValidatorCommand("allocate", "Rent the machine; prints the SSH command.", " --days 30", [Days, Testing, SshKey], async (session, context, token) =>
            session.Opened(await session.AllocateAsync(context.Get(Days), context.Get(SshKey), context.Get(Testing), token))),
        new ValidatorCommand("status", "Ask whether our allocation is alive.", "", [], async (session, _, token) =>
            ValidatorAnswer.Of(await session.StatusAsync(token))),
        new ValidatorCommand("exchange-key", "Replace our key in the container.", " --ssh-key \"ssh-ed25519 AAAA… me\"", [SshKey], async (session, context, token) =>
            ValidatorAnswer.Of(await session.ExchangeKeyAsync(context.Get(SshKey), token))),
        Action("restart", "Restart our container."),
        Action("pause", "Freeze our container."),
        Action("resume", "Let our container go on."),
        new ValidatorCommand("deallocate", "Give the machine back.", "", [], async (session, _, token) =>
            ValidatorAnswer.Of(await session.DeallocateAsync(token))),
        new ValidatorCommand("challenge", "Send a proof-of-work challenge and check its result.", " --difficulty 7", [Difficulty, Mode, Wait], async (session, context, token) =>
        {
            var work = ProofOfWork.Make(context.Get(Difficulty), context.Get(Mode));
            return ValidatorAnswer.Of(await session.ChallengeAsync(work.Challenge, context.Get(Wait), token), work);
        }));

    static ValidatorCommand Action(string name, string summary) =>
        new(name, summary, "", [], async (session, _, token) => ValidatorAnswer.Of(await session.ActAsync(name, token)));
}
