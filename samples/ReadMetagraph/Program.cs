using Bittensor.Subtensor;
using Microsoft.Extensions.Logging.Abstractions;

var network = args.FirstOrDefault(SubtensorNetworks.Default);
var options = new SubtensorOptions { Endpoints = SubtensorNetworks.Resolve(network), ExpectedGenesis = SubtensorNetworks.ExpectedGenesis(network) };
await using var chain = new SubtensorClient(options, TimeProvider.System, NullLogger<SubtensorClient>.Instance);

var metagraph = await chain.GetMetagraphAsync(new Netuid(27), CancellationToken.None);
Console.WriteLine($"Subnet 27 at block {metagraph.Block}: {metagraph.Neurons.Length} neurons");
foreach (var neuron in metagraph.Neurons.Where(neuron => neuron.Axon.IsServing))
    Console.WriteLine($"{neuron.Uid.Value} {neuron.Hotkey} {neuron.Stake:0} {neuron.Axon.Ip}:{neuron.Axon.Port}");
