using Bittensor.Axon;
using Bittensor.Compute;
using Bittensor.Synapses;
using Microsoft.Extensions.Logging;

namespace Bittensor.Tests.Axon;

public class AxonPipelineTests
{
    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Invoke_GoodRequest_EchoesTheSynapseInOrderWithItsOutput()
    {
        await using var axon = await TestAxon.StartAsync();

        var answer = await axon.ExchangeAsync(axon.AllocateText());

        Assert.Equal(
            """
            {"name":"Allocate","timeout":15.0,"timeline":0,"device_requirement":{},"checking":true,"output":{"status":true,"port":4444},"public_key":"","docker_requirement":{"base_image":"ubuntu","ssh_key":"","ssh_port":4444,"volume_path":"/tmp","dockerfile":""},"docker_change":false,"docker_action":{"action":"","ssh_key":"","key_type":""}}
            """,
            answer.Body);
        Assert.Equal("application/json", answer.Header("Content-Type"));
        Assert.Equal(("Allocate", "15.0", "200", "Success"), (
            answer.Header("name"), answer.Header("timeout"), answer.Header("bt_header_axon_status_code"), answer.Header("bt_header_axon_status_message")));
        Assert.Equal("0.0", answer.Header("bt_header_axon_process_time"));
    }

    [Fact]
    public async Task Invoke_OutputSentByTheCaller_NeverComesBack()
    {
        await using var axon = await TestAxon.StartAsync((_, _, _) => Task.CompletedTask);

        var answer = await axon.ExchangeAsync(axon.AllocateText(request => request.Body = """{"output":{"status":true,"info":"mine"}}"""));

        Assert.Equal(200, answer.Status);
        Assert.Contains("\"output\":{},", answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Invoke_SeveralRequestsOnOneConnection_AreAllServed()
    {
        await using var axon = await TestAxon.StartAsync();
        using var connection = await axon.ConnectAsync();
        List<int> statuses = [];
        foreach (var path in new[] { "/Allocate", "/Nothing", "/Allocate" })
        {
            await connection.SendAsync(axon.AllocateText(request => request.Path = path));
            statuses.Add((await connection.ReceiveAsync()).Status);
        }

        Assert.Equal([200, 404, 200], statuses);
    }

    [Fact]
    public async Task Invoke_Ping_NeedsNoAdmissionButASignature()
    {
        await using var axon = await TestAxon.StartAsync();
        axon.Admission.Reason = "nobody";
        using var stranger = axon.Dendrite(TestAxon.Other);

        var ping = await stranger.CallAsync(axon.Target, new PingSynapse(), TimeSpan.FromSeconds(12), Cancellation);
        var unsigned = await stranger.SendAsync<PingSynapse>(
            stranger.Build(axon.Target, new PingSynapse(), TimeSpan.FromSeconds(12)).Remove("bt_header_dendrite_signature"), Cancellation);

        Assert.Equal((200, 401), (ping.HttpStatus, unsigned.HttpStatus));
        Assert.Equal(0, axon.Admission.Asked);
    }

    [Fact]
    public async Task Invoke_HandlerFails_TellsAnOpaqueIdThatTheLogHasToo()
    {
        await using var axon = await TestAxon.StartAsync((_, _, _) => throw new InvalidOperationException("the secret cause"));

        var answer = await axon.ExchangeAsync(axon.AllocateText());

        Assert.Equal(500, answer.Status);
        Assert.Matches("^{\"message\":\"Internal Server Error #[0-9a-f-]{36}\"}$", answer.Body);
        var line = Assert.Single(axon.Logs.Lines, line => line.Level == LogLevel.Error);
        Assert.Contains(answer.Body[^38..^2], line.Text, StringComparison.Ordinal);
        Assert.Contains("the secret cause", line.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Invoke_OutputThatCannotBeWritten_Is500WithAnOpaqueId()
    {
        var endpoint = new ScriptedEndpoint<ChallengeSynapse>((synapse, _, _) =>
        {
            synapse.Output = new ChallengeOutput { LocalExecutionTime = double.NaN };
            return Task.CompletedTask;
        });
        await using var axon = await TestAxon.StartAsync(null, [endpoint], null);
        using var dendrite = axon.Dendrite();

        var answer = await axon.ExchangeAsync(dendrite.Build(axon.Target, new ChallengeSynapse(), TimeSpan.FromSeconds(15)).ToWire());

        Assert.Equal(500, answer.Status);
        Assert.Contains("Internal Server Error #", answer.Body, StringComparison.Ordinal);
        Assert.Equal(1, axon.Pipeline.Statistics.Count("Challenge", AxonOutcome.Faulted));
    }

    [Fact]
    public async Task Invoke_DeadlineIsNear_CancelsTheHandlerAndAnswers408()
    {
        var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var axon = await TestAxon.StartAsync(async (_, _, cancellation) =>
        {
            entered.SetResult();
            // A handler that never ends by itself: only its cancellation can.
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellation);
        });
        var exchange = axon.ExchangeAsync(axon.AllocateText());
        await entered.Task;

        axon.Time.Advance(TimeSpan.FromSeconds(14));
        var answer = await exchange;

        Assert.Equal((408, RawResponse.MessageBody("Response timeout after: 15.0s")), (answer.Status, answer.Body));
    }

    [Fact]
    public async Task Invoke_HandlerRollsBackAtTheDeadline_HisAnswerStillCounts()
    {
        var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var axon = await TestAxon.StartAsync(async (synapse, _, cancellation) =>
        {
            var cancelled = new TaskCompletionSource();
            await using var registration = cancellation.Register(cancelled.SetResult);
            entered.SetResult();
            await cancelled.Task;
            synapse.Output = new AllocateOutput { Status = false };
        });
        var exchange = axon.ExchangeAsync(axon.AllocateText());
        await entered.Task;

        axon.Time.Advance(TimeSpan.FromSeconds(14));

        Assert.Contains("\"output\":{\"status\":false}", (await exchange).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Invoke_CallerDisconnects_CancelsTheHandler()
    {
        var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var axon = await TestAxon.StartAsync(async (_, _, cancellation) =>
        {
            await using var registration = cancellation.Register(cancelled.SetResult);
            entered.SetResult();
            // A handler that never ends by itself: only its cancellation can.
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellation);
        });
        using var connection = await axon.ConnectAsync();
        await connection.SendAsync(axon.AllocateText());
        await entered.Task;

        connection.Reset();

        await cancelled.Task;
        await Condition.UntilAsync(() => axon.Pipeline.Statistics.Count("Allocate", AxonOutcome.Abandoned) == 1);
        Assert.Equal(0, axon.Pipeline.Running);
    }

    [Fact]
    public void Verdict_Forgotten_Refuses()
    {
        AxonVerdict forgotten = default;

        Assert.False(forgotten.IsAdmitted);
        Assert.Equal((403, "Forbidden."), (forgotten.StatusCode, forgotten.Message));
    }

    [Fact]
    public async Task Constructor_TwoEndpointsOfOneRoute_SaysWhich()
    {
        ScriptedEndpoint<AllocateSynapse> Endpoint() => new((_, _, _) => Task.CompletedTask);

        var fault = await Assert.ThrowsAsync<ArgumentException>(() => TestAxon.StartAsync(null, [Endpoint(), Endpoint()], null));

        Assert.Contains("'Allocate'", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Call_ThroughOurOwnDendrite_BringsTheOutput()
    {
        await using var axon = await TestAxon.StartAsync();
        using var dendrite = axon.Dendrite();

        var response = await dendrite.CallAsync(axon.Target, new AllocateSynapse(), TimeSpan.FromSeconds(15), Cancellation);

        Assert.True(response.IsAnswered);
        Assert.Equal(new AllocateOutput { Status = true, Port = 4444 }, response.Synapse.Output);
        Assert.Equal((200, "Success"), (response.StatusCode, response.StatusMessage));
    }
}
