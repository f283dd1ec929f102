namespace ComputeMiner.Registry;

/// <summary>The netrc format: words separated by white space, an entry from one <c>machine</c> to the next.</summary>
static class Netrc
{
    /// <summary>The password for a host, with its port or without; else that of the <c>default</c> entry; else null.</summary>
    public static string? FindPassword(string text, Uri service)
    {
        string? fallback = null;
        string? machine = null;
        var words = Words(text);
        for (var i = 0; i < words.Count; i++)
        {
            switch (words[i])
            {
                case "machine" when i + 1 < words.Count:
                    machine = words[++i];
                    break;
                case "default":
                    machine = "";
                    break;
                case "password" when i + 1 < words.Count:
                    var password = words[++i];
                    if (machine == service.Host || machine == service.Authority)
                        return password;
                    if (machine == "")
                        fallback ??= password;
                    break;
                case "login" or "account" or "macdef":
                    i++;
                    break;
            }
        }
        return fallback;
    }

    static List<string> Words(string text)
    {
        var words = new List<string>();
        foreach (var line in text.Split('\n'))
        {
            foreach (var word in line.Split([' ', '\t', '\r'], StringSplitOptions.RemoveEmptyEntries))
            {
                // A key may begin with '#' only inside quotes; a word that begins with it starts a comment.
                if (word[0] == '#')
                    break;
                words.Add(word.Length > 1 && word[0] == '"' && word[^1] == '"' ? word[1..^1] : word);
            }
        }
        return words;
    }
}
