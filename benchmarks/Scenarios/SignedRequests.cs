using System.Globalization;
using System.Text;
using Bittensor.Compute;
using Bittensor.Dendrite;
using Bittensor.Keys;

namespace Scenarios;

/// <summary>
/// Checks of one dendrite, signed and encoded before the clock starts and laid out one behind the other, so that any number of them is
/// one piece of memory. A dendrite each, because an axon takes the nonces of one dendrite only in rising order.
/// </summary>
sealed class SignedRequests
{
    // The longest an axon believes: requests are signed some seconds before they are sent.
    static readonly TimeSpan Timeout = TimeSpan.FromSeconds(120);

    readonly byte[] _bytes;
    readonly int[] _ends;

    public SignedRequests(AxonTarget target, Keypair caller, int count)
    {
        using var dendrite = new DendriteClient(caller, new DendriteOptions());
        using var bytes = new MemoryStream();
        _ends = new int[count + 1];
        for (var i = 1; i <= count; i++)
        {
            bytes.Write(Encode(dendrite.Build(target, new AllocateSynapse { Timeline = 1, Checking = true }, Timeout)));
            _ends[i] = (int)bytes.Length;
        }
        _bytes = bytes.ToArray();
    }

    public int Count => _ends.Length - 1;

    /// <summary>The bytes of the requests from <paramref name="first"/> up to but without <paramref name="end"/>.</summary>
    public ReadOnlySpan<byte> Range(int first, int end) => _bytes.AsSpan(_ends[first].._ends[end]);

    public static byte[] Encode(DendriteRequest request)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"POST {request.Path} HTTP/1.1\r\nHost: {request.EndPoint}\r\n");
        foreach (var (name, value) in request.Headers)
            text.Append(CultureInfo.InvariantCulture, $"{name}: {value}\r\n");
        text.Append(CultureInfo.InvariantCulture, $"Accept: */*\r\nContent-Length: {Encoding.UTF8.GetByteCount(request.Body)}\r\n");
        text.Append(CultureInfo.InvariantCulture, $"Content-Type: {request.ContentType}\r\n\r\n{request.Body}");
        return Encoding.UTF8.GetBytes(text.ToString());
    }
}
