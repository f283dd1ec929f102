using Scenarios;

switch (args)
{
    case ["load", .. var plan]:
        await LoadGenerator.RunAsync(LoadPlan.Parse(plan));
        return 0;
    default:
        Console.Error.WriteLine("usage: Scenarios load IP:PORT AXON-HOTKEY CALLER-URI CONNECTIONS REQUESTS");
        return 2;
}
