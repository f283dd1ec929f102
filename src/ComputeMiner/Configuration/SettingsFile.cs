using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace ComputeMiner.Configuration;

/// <summary>
/// The YAML file of --config as a flat list: nested mappings become dotted keys, sequences become comma lists, null means absent.
/// Read from the parser's events, because the object mapper needs reflection.
/// </summary>
sealed class SettingsFile
{
    const int MaxBytes = 1 << 20;
    const int MaxDepth = 8;

    readonly string _path;

    SettingsFile(string path) => _path = path;

    public List<SettingsFileEntry> Entries { get; } = [];

    public List<ConfigurationFault> Faults { get; } = [];

    public static SettingsFile Read(string path)
    {
        var file = new SettingsFile(path);
        try
        {
            if (new FileInfo(path).Length > MaxBytes)
                file.Faults.Add(new ConfigurationFault("config", path, "file", "a YAML file of at most 1 MiB"));
            else
            {
                using var text = File.OpenText(path);
                file.ReadDocument(new Parser(text));
            }
        }
        catch (YamlException fault)
        {
            file.Fault(fault.Start, "not valid YAML: " + fault.Message);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            file.Faults.Add(new ConfigurationFault("config", path, "file", $"a readable file; {fault.Message}"));
        }
        return file;
    }

    void ReadDocument(Parser parser)
    {
        parser.Consume<StreamStart>();
        if (!parser.TryConsume<DocumentStart>(out _))
            return;
        if (parser.Accept<MappingStart>(out _))
            ReadMapping(parser, "", 0);
        else if (parser.Current is not Scalar { Value: "" })
            Fault(parser.Current!.Start, "the file must be a mapping of settings to values");
    }

    void ReadMapping(Parser parser, string prefix, int depth)
    {
        parser.Consume<MappingStart>();
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            var name = parser.Consume<Scalar>();
            var key = prefix + name.Value;
            switch (parser.Current)
            {
                case MappingStart when depth < MaxDepth:
                    ReadMapping(parser, key + ".", depth + 1);
                    break;
                case Scalar scalar:
                    parser.MoveNext();
                    if (!IsNull(scalar))
                        Add(key, scalar.Value, name.Start);
                    break;
                case SequenceStart:
                    ReadSequence(parser, key, name.Start);
                    break;
                default:
                    Fault(name.Start, $"{key}: aliases and deeper nesting are not supported");
                    parser.SkipThisAndNestedEvents();
                    break;
            }
        }
    }

    void ReadSequence(Parser parser, string key, Mark start)
    {
        parser.Consume<SequenceStart>();
        var items = new List<string>();
        while (!parser.TryConsume<SequenceEnd>(out _))
        {
            if (parser.TryConsume<Scalar>(out var item))
                items.Add(item.Value);
            else
            {
                Fault(start, $"{key}: a list may hold plain values only");
                parser.SkipThisAndNestedEvents();
            }
        }
        Add(key, string.Join(',', items), start);
    }

    void Add(string key, string text, Mark start)
    {
        if (Entries.Exists(e => e.Key == key))
            Fault(start, $"{key} stands in the file twice");
        Entries.Add(new SettingsFileEntry(key, text, $"file {_path} line {start.Line}"));
    }

    void Fault(Mark start, string what) => Faults.Add(new ConfigurationFault("config", null, $"file {_path} line {start.Line}", what));

    static bool IsNull(Scalar scalar) => scalar.Style == ScalarStyle.Plain && scalar.Value is "" or "~" or "null";
}
