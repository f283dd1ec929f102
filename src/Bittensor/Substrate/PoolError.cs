namespace Bittensor.Substrate;

/// <summary>Puts a name to the transaction pool's refusals.</summary>
/// <remarks>
/// Source: paritytech/polkadot-sdk, substrate/client/rpc-api/src/author/error.rs (codes) and primitives/runtime/src/transaction_validity.rs
/// (the <c>data</c> texts, which are the only form in which the reason crosses the wire); opentensor/subtensor, CustomTransactionError.
/// </remarks>
static class PoolError
{
    public const int AlreadyImported = 1013;
    const int InvalidTransaction = 1010;
    const string CustomPrefix = "Custom error: ";

    /// <summary>The exception for an error answer to a submission, or null when the code is none of the pool's.</summary>
    public static ExtrinsicFailedException? Describe(SubstrateException answer)
    {
        if (answer.Code is not { } code)
            return null;
        var name = code switch
        {
            1001 => "BadFormat",
            1002 => "VerificationError",
            InvalidTransaction => InvalidName(answer.ErrorData),
            1011 => "UnknownValidity",
            1012 => "TemporarilyBanned",
            AlreadyImported => "AlreadyImported",
            1014 => "TooLowPriority",
            1015 => "CycleDetected",
            1016 => "ImmediatelyDropped",
            1018 => "Unactionable",
            1019 => "NoTagsProvided",
            1020 => "InvalidBlockId",
            1021 => "FutureRefused",
            1040 => "PoolError",
            _ => null,
        };
        return name is null ? null : new ExtrinsicFailedException(ExtrinsicStage.Pool, name, answer.ErrorData ?? answer.Message)
        {
            PoolCode = code,
            CustomCode = CustomCode(answer.ErrorData),
        };
    }

    /// <summary>The name of N in <c>Custom error: N</c>; these are not in the metadata.</summary>
    public static string CustomName(byte code) => code < CustomNames.Length ? CustomNames[code] : code == 255 ? "BadRequest" : $"Custom{code}";

    static string InvalidName(string? data) => data switch
    {
        "Transaction call is not expected" => "Call",
        "Inability to pay some fees (e.g. account balance too low)" => "Payment",
        "Transaction will be valid in the future" => "Future",
        "Transaction is outdated" => "Stale",
        "Transaction has a bad signature" => "BadProof",
        "Transaction has an ancient birth block" => "AncientBirthBlock",
        "Transaction would exhaust the block limits" => "ExhaustsResources",
        "Invalid signing address" => "BadSigner",
        _ => CustomCode(data) is { } custom ? CustomName(custom) : "InvalidTransaction",
    };

    static byte? CustomCode(string? data) =>
        data is not null && data.StartsWith(CustomPrefix, StringComparison.Ordinal) && byte.TryParse(data.AsSpan(CustomPrefix.Length), out var code) ? code : null;

    static readonly string[] CustomNames =
    [
        "ColdkeyInSwapSchedule", "StakeAmountTooLow", "BalanceTooLow", "SubnetNotExists", "HotkeyAccountDoesntExist",
        "NotEnoughStakeToWithdraw", "RateLimitExceeded", "InsufficientLiquidity", "SlippageTooHigh", "TransferDisallowed",
        "HotKeyNotRegisteredInNetwork", "InvalidIpAddress", "ServingRateLimitExceeded", "InvalidPort", "ZeroMaxAmount",
        "InvalidRevealRound", "CommitNotFound", "CommitBlockNotInRevealRange", "InputLengthsUnequal", "UidNotFound",
        "EvmKeyAssociateRateLimitExceeded", "ColdkeySwapDisputed", "InvalidRealAccount", "FailedShieldedTxParsing",
        "InvalidShieldedTxPubKeyHash", "NonAssociatedColdKey", "DelegateTakeTooLow", "DelegateTakeTooHigh",
    ];
}
