namespace DevNet.Transactions;

/// <summary>The <c>Custom error: N</c> numbers that pool validation gives for pallet errors.</summary>
/// <remarks>Source: opentensor/subtensor, pallets/subtensor/src/lib.rs, CustomTransactionError.</remarks>
static class CustomFaults
{
    const byte BadRequest = 255;

    /// <param name="error">The pallet error's name.</param>
    public static byte Code(string error) => error switch
    {
        "NotEnoughBalanceToStake" => 2,
        "SubnetNotExists" => 3,
        "TooManyRegistrationsThisBlock" or "TooManyRegistrationsThisInterval" => 6,
        "HotKeyNotRegisteredInNetwork" => 10,
        "InvalidIpAddress" => 11,
        "ServingRateLimitExceeded" => 12,
        "InvalidPort" => 13,
        // InvalidIpType has no number of its own.
        _ => BadRequest,
    };
}
