using System.Text.Json.Serialization;
using Bittensor.Compute;
using Bittensor.Dendrite;
using Bittensor.Synapses;

namespace ComputeMiner.Validator;

/// <summary>A miner's answer as a caller sees it. Credentials are in it only for the caller who could open them.</summary>
/// <param name="Ok">The request did what was asked: answered 200 and, where there is a status, true.</param>
/// <param name="HttpStatus">Null when no answer came.</param>
/// <param name="Message">The status text.</param>
/// <param name="Status">The answer's own status; null where there is none.</param>
/// <param name="Seconds">From sending to the end of the answer.</param>
/// <param name="Ssh">The login command of a new allocation.</param>
/// <param name="Password">Its password.</param>
/// <param name="Challenge">What the miner made of a challenge.</param>
sealed record ValidatorAnswer(bool Ok, int? HttpStatus, string? Message, bool? Status, double Seconds, string? Ssh = null, string? Password = null,
    ChallengeVerdict? Challenge = null)
{
    public static ValidatorAnswer Of(DendriteResponse<AllocateSynapse> response) =>
        Of(response, response.Synapse.Output.Status, response.IsAnswered && response.Synapse.Output.Status == true);

    /// <summary>The answer to a challenge: good when its password is right, or when the miner does not work on challenges and says so.</summary>
    public static ValidatorAnswer Of(DendriteResponse<ChallengeSynapse> response, ProofOfWork work)
    {
        var output = response.Synapse.Output;
        var isEmpty = output is { Password: null, LocalExecutionTime: null, Error: null };
        bool? solved = isEmpty ? null : output.Password == work.Password && output.Password.Length > 0;
        return Of(response, null, response.IsAnswered && solved != false) with
        {
            Challenge = response.IsAnswered ? new ChallengeVerdict(solved, output.Password, output.LocalExecutionTime, output.Error) : null,
        };
    }

    public static ValidatorAnswer Of<TSynapse>(DendriteResponse<TSynapse> response)
        where TSynapse : class, ISynapse<TSynapse> => Of(response, null, response.IsAnswered);

    public string ToText()
    {
        var text = $"{(Ok ? "ok" : "no")}: {HttpStatus?.ToString() ?? "no answer"} {Message}, {(Status is { } s ? $"status {(s ? "true" : "false")}, " : "")}{Seconds:0.000} s";
        if (Challenge is not null)
            return $"{text}\n{Challenge}";
        return Ssh is null ? text : $"{text}\n{Ssh}\npassword: {Password}";
    }

    static ValidatorAnswer Of<TSynapse>(DendriteResponse<TSynapse> response, bool? status, bool ok)
        where TSynapse : class, ISynapse<TSynapse> =>
        new(ok, response.HttpStatus, response.StatusMessage, status, Math.Round(response.Elapsed.TotalSeconds, 4));

    public override string ToString() => $"{(Ok ? "ok" : "no")} {HttpStatus} {Message}";
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ValidatorAnswer))]
sealed partial class ValidatorJson : JsonSerializerContext;
