namespace DevNet.Transactions;

/// <summary>What <c>author_extrinsicUpdate</c> says: a word, and the block it speaks of if any.</summary>
readonly record struct TransactionStatus(string Name, byte[]? Block = null)
{
    public static TransactionStatus Future => new("future");

    public static TransactionStatus Ready => new("ready");

    public static TransactionStatus Invalid => new("invalid");

    public static TransactionStatus InBlock(byte[] hash) => new("inBlock", hash);

    public static TransactionStatus Finalized(byte[] hash) => new("finalized", hash);
}
