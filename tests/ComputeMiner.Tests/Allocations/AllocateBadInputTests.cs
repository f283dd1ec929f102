using System.Text;
using System.Text.Json;
using Bittensor.Compute;
using ComputeMiner.Containers;

namespace ComputeMiner.Tests.Allocations;

/// <summary>
/// Every field of Allocate with every wrong type, size and encoding, generated, signed with a good key and sent to a real axon. What each
/// one must be answered is worked out from the field's type in the Python model, not from the program.
/// </summary>
public class AllocateBadInputTests
{
    const string Alice = "//Alice";
    const string Bob = "//Bob";

    readonly Renter _alice = Renter.Alice;
    readonly Renter _bob = Renter.Bob;

    /// <summary>The fields by their type in the model (ni-compute, compute/protocol.py, class Allocate); a question mark: null is none.</summary>
    static readonly (string Path, string Type)[] Fields =
    [
        ("timeline", "int"), ("checking", "bool"), ("docker_change", "bool"), ("public_key", "pem"),
        ("device_requirement", "object"), ("device_requirement.cpu", "object?"), ("device_requirement.cpu.count", "long?"),
        ("device_requirement.gpu", "object?"), ("device_requirement.gpu.count", "long?"), ("device_requirement.gpu.capacity", "float?"),
        ("device_requirement.gpu.type", "text?"), ("device_requirement.hard_disk", "object?"), ("device_requirement.hard_disk.capacity", "float?"),
        ("device_requirement.ram", "object?"), ("device_requirement.ram.capacity", "float?"), ("device_requirement.testing", "bool?"),
        ("docker_requirement", "object"), ("docker_requirement.base_image", "text?"), ("docker_requirement.ssh_key", "ssh?"),
        ("docker_requirement.ssh_port", "int?"), ("docker_requirement.volume_path", "text?"), ("docker_requirement.dockerfile", "text?"),
        ("docker_action", "object"), ("docker_action.action", "text?"), ("docker_action.ssh_key", "text?"), ("docker_action.key_type", "text?"),
        ("output", "object"), ("output.status", "any"), ("output.info", "any"), ("output.port", "any"), ("no_such_field", "any"),
    ];

    static readonly string[] Envelope =
    [
        "name", "timeout", "total_size", "header_size", "computed_body_hash", "dendrite", "dendrite.hotkey", "dendrite.nonce", "dendrite.uuid",
        "dendrite.signature", "dendrite.version", "dendrite.ip", "dendrite.port", "dendrite.status_code", "axon", "axon.hotkey", "axon.ip", "axon.port",
    ];

    public static TheoryData<string, string> AllFields => [.. Fields.Select(each => (each.Path, each.Type))];

    [Theory]
    [MemberData(nameof(AllFields))]
    public async Task Allocate_AnyValueInOneField_IsAnsweredAsItsTypeSaysAndNothingElseHappens(string path, string type)
    {
        await using var wire = await AllocateWire.StartAsync();
        var released = false;
        foreach (var (index, value) in BadValues.All.Index())
        {
            var expected = Expected(path, type, value, released);
            // Of what is taken as good a third is enough.
            if (expected == WireAnswer.Allocated && (index + path.Length) % 3 != 0)
                continue;

            var answer = await wire.SendAsync(Alice, Allocate(_alice), path, value.Token);

            if (expected is null)
                Assert.True(answer.IsUnreadable, $"{path} = {value}: {answer}");
            else
                Assert.True(expected == answer, $"{path} = {value}: {answer} and not {expected}");
            Assert.Equal(answer.HasInfo ? 1 : 0, (await wire.Machine.ContainersAsync()).Count);
            if (answer.HasInfo)
                Assert.Equal(WireAnswer.Done, await wire.SendAsync(Alice, Deallocate(_alice)));
            released |= answer.HasInfo;
        }
        Assert.Equal(413, (await wire.SendAsync(Alice, Allocate(_alice), path, BadValues.Megabyte.Token)).Code);
        Assert.Equal(WireAnswer.Done, await wire.SendAsync(Bob, new AllocateSynapse { Timeline = 1 }));
    }

    [Fact]
    public async Task Allocate_AnyValueInTheEnvelope_NeverChangesWhoAsksOrWhatIsDone()
    {
        await using var wire = await AllocateWire.StartAsync();
        foreach (var path in Envelope)
        {
            foreach (var value in Every(3, path.Length))
            {
                var answer = await wire.SendAsync(Alice, Allocate(_alice), path, value.Token);

                Assert.True(answer.IsUnreadable || answer == WireAnswer.Allocated, $"{path} = {value}: {answer}");
                Assert.True(value.IsJson || answer.IsUnreadable, $"{path} = {value}: {answer}");
                if (answer.IsUnreadable)
                    Assert.Empty(await wire.Machine.ContainersAsync());
                else
                {
                    Assert.Equal(_alice.Hotkey, wire.Machine.Allocator.Current.Allocation!.Hotkey);
                    Assert.Equal(WireAnswer.Done, await wire.SendAsync(Alice, Deallocate(_alice)));
                }
            }
        }
        Assert.Equal(WireAnswer.Done, await wire.SendAsync(Bob, new AllocateSynapse { Timeline = 1 }));
    }

    [Fact]
    public async Task Allocate_KeysThatAreNone_StartNothingAndStopNoTest()
    {
        await using var wire = await AllocateWire.StartAsync();
        Assert.Equal(WireAnswer.Allocated, await wire.SendAsync(Bob, Allocate(_bob, testing: true)));
        var test = wire.Machine.Allocator.Current;
        var before = await wire.Machine.ContainersAsync();
        foreach (var pem in BadKeys.Rsa)
            Assert.True(WireAnswer.Refused == await wire.SendAsync(Alice, Allocate(_alice), "public_key", Json(pem)), pem);
        foreach (var line in BadKeys.Ssh)
            Assert.True(WireAnswer.Refused == await wire.SendAsync(Alice, Allocate(_alice), "docker_requirement.ssh_key", Json(line)), line);

        Assert.Equal(test, wire.Machine.Allocator.Current);
        Assert.Equal(before, await wire.Machine.ContainersAsync());
        Assert.Equal(WireAnswer.Allocated, await wire.SendAsync(Alice, Allocate(_alice), "docker_requirement.ssh_key", Json(BadKeys.GoodSsh)));
    }

    [Fact]
    public async Task Anything_FromAStrangerWhileRented_LeavesTheRentalAsItIs()
    {
        await using var wire = await AllocateWire.StartAsync();
        Assert.Equal(WireAnswer.Allocated, await wire.SendAsync(Alice, Allocate(_alice)));
        var rental = wire.Machine.Allocator.Current;
        var before = await wire.Machine.ContainersAsync();
        // Also with the renter's own public key, which is no secret: it stands in every request she sends.
        foreach (var request in (AllocateSynapse[])[Allocate(_bob), Allocate(_bob, testing: true), Deallocate(_alice), Act(_alice, "exchange_key"), Act(_alice, "restart")])
        {
            foreach (var (path, _) in Fields.Where(each => each.Path is not "checking"))
            {
                foreach (var value in Every(7, path.Length))
                {
                    var answer = await wire.SendAsync(Bob, request, path, value.Token);
                    Assert.True(answer == WireAnswer.Refused || answer.IsUnreadable, $"{path} = {value}: {answer}");
                }
            }
        }
        Assert.Equal(rental, wire.Machine.Allocator.Current);
        Assert.Equal(before, await wire.Machine.ContainersAsync());
        Assert.Equal(WireAnswer.Done, await wire.SendAsync(Alice, new AllocateSynapse { Timeline = 0, PublicKey = _alice.Pem }));
    }

    [Fact]
    public async Task ExchangeKey_AnyValueFromItsOwner_LeavesOnlyKeysInTheFile()
    {
        await using var wire = await AllocateWire.StartAsync();
        Assert.Equal(WireAnswer.Allocated, await wire.SendAsync(Alice, Allocate(_alice)));
        var rental = wire.Machine.Allocator.Current;
        var values = BadValues.All.Select(value => value.Token).Concat(BadKeys.Ssh.Select(Json));
        foreach (var token in values)
        {
            foreach (var path in (string[])["docker_action.ssh_key", "docker_action.key_type", "docker_action.action"])
            {
                var answer = await wire.SendAsync(Alice, Act(_alice, "exchange_key"), path, token);
                Assert.True(answer.IsUnreadable || answer == WireAnswer.Refused || answer == WireAnswer.Done, $"{path}: {answer}");
            }
        }
        var file = await wire.Machine.Engine.ReadFileAsync(rental.Allocation!.ContainerId!, AuthorizedKeys.Path, TestContext.Current.CancellationToken);
        Assert.All(Encoding.UTF8.GetString(file!).Split('\n'), line => Assert.True(line is "" or BadKeys.GoodSsh, line));
        Assert.Equal(rental, wire.Machine.Allocator.Current);
    }

    // A part of the values, another one for each field: all of them are tried on all fields one by one above.
    static IEnumerable<BadValue> Every(int step, int offset) => BadValues.All.Where((_, index) => (index + offset) % step == 0);

    // What the model makes of the value, and the handler of that; null where the request cannot be read.
    static WireAnswer? Expected(string path, string type, BadValue value, bool released)
    {
        if (!value.IsJson)
            return null;
        if (value.IsNull && type.EndsWith('?'))
            return WireAnswer.Allocated;
        return type.TrimEnd('?') switch
        {
            "any" => WireAnswer.Allocated,
            "object" => value.IsObject ? WireAnswer.Allocated : null,
            "long" => value.Integer is not null ? WireAnswer.Allocated : null,
            "float" => value.IsFinite ? WireAnswer.Allocated : null,
            "text" => value.Text is not null ? WireAnswer.Allocated : null,
            "ssh" => value.Text is null ? null : string.IsNullOrWhiteSpace(value.Text) ? WireAnswer.Allocated : WireAnswer.Refused,
            "pem" => value.Text is null ? null : WireAnswer.Refused,
            "int" => value.Integer is not (>= int.MinValue and <= int.MaxValue) ? null
                : path != "timeline" || value.Integer > 0 ? WireAnswer.Allocated
                // Gives the machine back: good for an hour after it was given back.
                : released ? WireAnswer.Done : WireAnswer.Refused,
            // A check of a free machine is answered with yes; an action needs a rental.
            "bool" => value.Boolean is not { } on ? null : !on || path == "device_requirement.testing" ? WireAnswer.Allocated : path == "checking" ? WireAnswer.Done : WireAnswer.Refused,
            _ => throw new ArgumentOutOfRangeException(nameof(type), type, null),
        };
    }

    static byte[] Json(string text) => JsonSerializer.SerializeToUtf8Bytes(text);

    static AllocateSynapse Allocate(Renter renter, bool testing = false) => new()
    {
        Checking = false,
        Timeline = 30,
        PublicKey = renter.Pem,
        DeviceRequirement = new DeviceRequirement { Testing = testing ? true : null },
    };

    static AllocateSynapse Deallocate(Renter renter) => new() { Checking = false, Timeline = 0, PublicKey = renter.Pem };

    static AllocateSynapse Act(Renter renter, string action) => new()
    {
        Checking = false,
        DockerChange = true,
        PublicKey = renter.Pem,
        DockerAction = new DockerAction { Action = action, SshKey = BadKeys.GoodSsh, KeyType = "user" },
    };
}
