namespace ComputeMiner.Containers;

/// <summary>How a renter gets into a new container: a password, perhaps a key, and host keys of its own. Made once, kept nowhere.</summary>
sealed class SshAccess
{
    public const string Username = "root";

    SshAccess(string password, SshPublicKey? userKey) => (Password, UserKey) = (password, userKey);

    public string Password { get; }

    public SshPublicKey? UserKey { get; }

    public static SshAccess Create(SshPublicKey? userKey) => new(SshPassword.Generate(), userKey);

    /// <summary>The files that carry it into a container of this image.</summary>
    public IReadOnlyList<DeliveredFile> ToFiles(PreparedImage image)
    {
        var (privateKey, publicKey) = SshHostKey.Generate();
        return
        [
            DeliveredFile.Text(ShadowFile.Path, ShadowFile.WithRootHash(image.Shadow, Sha512Crypt.Hash(Password)), DeliveredFile.Private),
            DeliveredFile.Text("/etc/ssh/ssh_host_ed25519_key", privateKey, DeliveredFile.Private),
            DeliveredFile.Text("/etc/ssh/ssh_host_ed25519_key.pub", publicKey, DeliveredFile.Readable),
            DeliveredFile.Text(AuthorizedKeys.Path, AuthorizedKeys.Initial(UserKey), DeliveredFile.Private),
        ];
    }

    /// <summary>Never the password.</summary>
    public override string ToString() => Username;
}
