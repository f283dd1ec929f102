using Bittensor.Scale;

namespace Bittensor.Substrate;

/// <summary>Encodes calls by the names in the runtime's metadata.</summary>
public static class RuntimeCall
{
    /// <summary>
    /// The bytes of a call: pallet index, call index, arguments. Arguments are matched by name. One the runtime has and the caller
    /// does not know must be an <c>Option</c> and is left out; anything else is refused.
    /// </summary>
    /// <exception cref="ScaleException">The runtime has no such call, or its arguments are others.</exception>
    public static byte[] Encode(RuntimeMetadata metadata, string pallet, string call, params ReadOnlySpan<(string Name, ScaleValue Value)> arguments)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        var owner = metadata.Pallet(pallet);
        var item = metadata.Cases(owner.Calls).Find(call) ?? throw new ScaleException($"The runtime's pallet {pallet} has no call {call}.");
        var writer = new ScaleWriter().WriteByte(owner.Index).WriteByte(item.Index);
        var used = 0;
        foreach (var field in item.Fields)
        {
            var position = IndexOf(arguments, field.Name);
            if (position >= 0)
            {
                ScaleEncoder.Write(metadata.Types, field.Type, arguments[position].Value, writer);
                used++;
            }
            else if (metadata.Types.TryGetOption(field.Type, out _))
                writer.WriteByte(0);
            else
                throw new ScaleException($"The runtime's call {pallet}.{call} wants an argument '{field.Name}' that this version does not know.");
        }
        return used == arguments.Length
            ? writer.ToArray()
            : throw new ScaleException($"The runtime's call {pallet}.{call} takes {used} of the {arguments.Length} arguments given.");
    }

    static int IndexOf(ReadOnlySpan<(string Name, ScaleValue Value)> arguments, string? name)
    {
        for (var i = 0; i < arguments.Length; i++)
        {
            if (arguments[i].Name == name)
                return i;
        }
        return -1;
    }
}
