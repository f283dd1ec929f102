using System.Text.RegularExpressions;

namespace ComputeMiner.Diagnostics;

/// <summary>What may be said of a request over HTTP that failed: the runtime's own words hold a proxy's address with all that is in it.</summary>
static partial class RequestFault
{
    /// <summary>Why nothing came of it, without name and password.</summary>
    public static string Reason(HttpRequestException fault) => UserInfo().Replace(fault.InnerException?.Message ?? fault.Message, "//");

    [GeneratedRegex("//[^/@]*@", RegexOptions.CultureInvariant)]
    private static partial Regex UserInfo();
}
