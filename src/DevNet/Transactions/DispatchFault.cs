using DevNet.Runtime;

namespace DevNet.Transactions;

/// <summary>An encoded DispatchError.</summary>
readonly record struct DispatchFault(byte[] Encoded)
{
    public static DispatchFault FundsUnavailable { get; } = new([7, 0]);

    public static DispatchFault NotExpendable { get; } = new([7, 8]);

    /// <summary>Arithmetic, Overflow.</summary>
    public static DispatchFault Overflow { get; } = new([8, 1]);

    public static DispatchFault BelowMinimum { get; } = new([7, 2]);

    /// <param name="runtime">Where the error's numbers are looked up.</param>
    /// <param name="error"><c>Pallet.Error</c>.</param>
    public static DispatchFault Module(RuntimeDefinition runtime, string error)
    {
        var (pallet, index) = runtime.Error(error);
        return new([3, pallet, index, 0, 0, 0]);
    }
}
