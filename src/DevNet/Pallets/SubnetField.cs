using Bittensor.Scale;

namespace DevNet.Pallets;

/// <summary>One field of a runtime API's answer: what the metadata says about it, and how its value is written from a subnet.</summary>
sealed record SubnetField(string Name, string Type, Action<ScaleWriter, Subnet> Write)
{
    /// <summary>A compact number.</summary>
    public static SubnetField Number(string name, string type, Func<Subnet, UInt128> value) =>
        new(name, $"Compact<{type}>", (writer, subnet) => writer.WriteCompact(value(subnet)));

    public static SubnetField Flag(string name, Func<Subnet, bool> value) =>
        new(name, "bool", (writer, subnet) => writer.WriteBool(value(subnet)));

    /// <summary>A list of compact numbers, one per uid.</summary>
    public static SubnetField Numbers(string name, string type, Func<Subnet, ulong[]> values) =>
        new(name, $"Vec<Compact<{type}>>", (writer, subnet) => WriteList(writer, values(subnet), static (list, value) => list.WriteCompact(value)));

    public static SubnetField Flags(string name, Func<Subnet, bool[]> values) =>
        new(name, "Vec<bool>", (writer, subnet) => WriteList(writer, values(subnet), static (list, value) => list.WriteBool(value)));

    public static SubnetField Accounts(string name, Func<Subnet, byte[][]> values) =>
        new(name, "Vec<AccountId32>", (writer, subnet) => WriteList(writer, values(subnet), static (list, value) => list.WriteBytes(value)));

    /// <summary>Text as the chain gives it: every byte a compact of its own.</summary>
    public static SubnetField Text(string name, Func<Subnet, byte[]> value) =>
        new(name, "Vec<Compact<u8>>", (writer, subnet) => WriteList(writer, value(subnet), static (list, letter) => list.WriteCompact(letter)));

    /// <summary>A value this chain never has: zero bytes of the given encoding.</summary>
    public static SubnetField Nothing(string name, string type, int bytes = 1) =>
        new(name, type, (writer, _) => writer.WriteBytes(new byte[bytes]));

    public static void WriteList<T>(ScaleWriter writer, IReadOnlyCollection<T> values, Action<ScaleWriter, T> write)
    {
        writer.WriteCompact((uint)values.Count);
        foreach (var value in values)
            write(writer, value);
    }
}
