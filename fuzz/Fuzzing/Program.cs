using System.Globalization;
using Fuzzing;
using SharpFuzz;

const string Usage = """
    usage: Fuzzing generate SECONDS   nearly right requests, made by CsCheck
           Fuzzing replay FOLDER      every file of a folder once
           Fuzzing corpus FOLDER      writes the seeds there
           Fuzzing afl                the target of afl-fuzz; Bittensor.dll must be instrumented
    """;

// Made where it is needed first: instrumented code may not run before afl-fuzz has lent its memory.
var made = new Lazy<RequestPath>();
switch (args)
{
    case ["generate", var seconds]:
        var count = GeneratedRequests.Run(made.Value, TimeSpan.FromSeconds(double.Parse(seconds, CultureInfo.InvariantCulture)));
        Console.WriteLine($"{count} generated requests, each answered as it must be");
        return 0;
    case ["replay", var folder]:
        var files = Directory.GetFiles(folder).Order(StringComparer.Ordinal).ToList();
        foreach (var file in files)
            Console.WriteLine($"{made.Value.Run(File.ReadAllBytes(file))} {Path.GetFileName(file)}");
        return files.Count > 0 ? 0 : 1;
    case ["corpus", var folder]:
        foreach (var (name, request) in Seeds.Make(made.Value))
            File.WriteAllBytes(Path.Combine(folder, name), request.Encode());
        return 0;
    case ["afl"]:
        Fuzzer.Run(stream =>
        {
            using var input = new MemoryStream();
            stream.CopyTo(input);
            made.Value.Run(input.GetBuffer().AsSpan(0, (int)input.Length));
        });
        return 0;
    default:
        Console.Error.WriteLine(Usage);
        return 2;
}
