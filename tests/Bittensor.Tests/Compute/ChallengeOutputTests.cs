using System.Text.Json;
using Bittensor.Compute;

namespace Bittensor.Tests.Compute;

/// <summary>The dictionaries of the reference: neurons/Miner/pow.py returns all three members or the synapse goes back with {}.</summary>
public sealed class ChallengeOutputTests
{
    [Fact]
    public void Write_NothingTried_IsAnEmptyObject() => Assert.Equal("{}", Write(new ChallengeOutput()));

    [Fact]
    public void Write_Solved_HasANullError() => Assert.Equal(
        """{"password":"a1b2","local_execution_time":1.5,"error":null}""",
        Write(new ChallengeOutput { Password = "a1b2", LocalExecutionTime = 1.5 }));

    [Fact]
    public void Write_NotSolved_HasANullPassword() => Assert.Equal(
        """{"password":null,"local_execution_time":30,"error":"timed out"}""",
        Write(new ChallengeOutput { LocalExecutionTime = 30, Error = "timed out" }));

    [Theory]
    [InlineData("{}", null, null, null)]
    [InlineData("""{"password":"a1b2","local_execution_time":1.5,"error":null,"more":[{"password":"no"}]}""", "a1b2", 1.5, null)]
    [InlineData("""{"password":7,"local_execution_time":"soon","error":{"a":[1]}}""", null, null, null)]
    [InlineData("""{"error":"x","local_execution_time":1e999}""", null, null, "x")]
    public void Read_WhatAMinerMaySend_TakesWhatHasItsType(string output, string? password, double? seconds, string? error)
    {
        var read = JsonSerializer.Deserialize($$"""{"output":{{output}}}""", ChallengeSynapse.TypeInfo)!.Output;

        Assert.Equal((password, seconds, error), (read.Password, read.LocalExecutionTime, read.Error));
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("\"text\"")]
    public void Read_NoObject_IsAFault(string output) => Assert.Throws<JsonException>(
        () => JsonSerializer.Deserialize($$"""{"output":{{output}}}""", ChallengeSynapse.TypeInfo));

    static string Write(ChallengeOutput output)
    {
        using var written = JsonDocument.Parse(JsonSerializer.Serialize(new ChallengeSynapse { Output = output }, ChallengeSynapse.TypeInfo));
        return written.RootElement.GetProperty("output").GetRawText();
    }
}
