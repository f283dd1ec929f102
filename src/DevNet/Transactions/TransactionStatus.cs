namespace DevNet.Transactions;

/// <summary>What <c>author_extrinsicUpdate</c> says: a word, and the block (of usurped: the transaction) it speaks of if any.</summary>
readonly record struct TransactionStatus(string Name, byte[]? Hash = null)
{
    public static TransactionStatus Future => new("future");

    public static TransactionStatus Ready => new("ready");

    public static TransactionStatus Invalid => new("invalid");

    public static TransactionStatus Dropped => new("dropped");

    public static TransactionStatus InBlock(byte[] hash) => new("inBlock", hash);

    public static TransactionStatus Retracted(byte[] hash) => new("retracted", hash);

    public static TransactionStatus Finalized(byte[] hash) => new("finalized", hash);

    public static TransactionStatus FinalityTimeout(byte[] hash) => new("finalityTimeout", hash);

    public static TransactionStatus Usurped(byte[] by) => new("usurped", by);
}
