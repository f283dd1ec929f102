using Bittensor.Scale;

namespace Bittensor.Substrate;

/// <summary>Puts a name to a <c>DispatchError</c>.</summary>
static class DispatchFailure
{
    /// <summary>The exception for a decoded <c>DispatchError</c>; module errors get their name and docs from the pallet's error enum.</summary>
    public static ExtrinsicFailedException Describe(RuntimeMetadata metadata, ScaleValue dispatchError, BlockHash? block)
    {
        var error = dispatchError.AsVariant();
        if (error.Name != "Module")
            return new ExtrinsicFailedException(ExtrinsicStage.Dispatch, NestedName(error), "") { Block = block };
        var module = error.Fields.Names is [null] ? (ScaleValue.Composite)error.Fields.Values[0] : error.Fields;
        return DescribeModule(metadata, (byte)module["index"].AsUInt64(), FirstByte(module["error"]), block);
    }

    static ExtrinsicFailedException DescribeModule(RuntimeMetadata metadata, byte index, byte error, BlockHash? block)
    {
        var pallet = metadata.FindPallet(index);
        var item = pallet is null ? null : metadata.Cases(pallet.Errors).Find(error);
        return new ExtrinsicFailedException(
            ExtrinsicStage.Dispatch, item?.Name ?? $"Module{index}Error{error}", item?.Docs ?? "", pallet?.Name) { Block = block };
    }

    /// <summary>The error is four bytes, the first of which names the case; a byte alone on old runtimes.</summary>
    static byte FirstByte(ScaleValue error) => error is ScaleValue.Number number
        ? (byte)number.Value
        : error.AsBytes() is [var first, ..] ? first : throw new ScaleException("A module error has no bytes.");

    /// <summary><c>Token</c> with the case <c>Frozen</c> reads <c>Token.Frozen</c>.</summary>
    static string NestedName(ScaleValue.Variant error) =>
        error.Fields.Values is [ScaleValue.Variant inner] ? $"{error.Name}.{inner.Name}" : error.Name;
}
