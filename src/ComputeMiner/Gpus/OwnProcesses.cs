using System.Globalization;

namespace ComputeMiner.Gpus;

/// <summary>Processes that this one started, such as a challenge's hashcat: they give way by themselves when somebody gets the machine.</summary>
static class OwnProcesses
{
    const int Depth = 8;

    public static bool Contains(int id)
    {
        for (var depth = 0; depth < Depth && id > 1; depth++)
        {
            if (id == Environment.ProcessId)
                return true;
            if (ParentOf(id) is not { } parent)
                return false;
            id = parent;
        }
        return false;
    }

    // proc(5): "id (name) state parent"; the name may hold anything.
    static int? ParentOf(int id)
    {
        try
        {
            var text = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{id}/stat"));
            var fields = text[(text.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            return int.Parse(fields[1], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return null;
        }
    }
}
