using System.Text;

namespace ComputeMiner.Cli;

/// <summary>The terminal. Data goes to standard output; everything said to a person goes to standard error.</summary>
/// <param name="input">Standard input.</param>
/// <param name="output">Standard output.</param>
/// <param name="error">Standard error.</param>
/// <param name="isInteractive">A person sits at both ends: questions can be asked, secrets shown once.</param>
sealed class CliConsole(TextReader input, TextWriter output, TextWriter error, bool isInteractive)
{
    public static CliConsole OfProcess() =>
        new(Console.In, Console.Out, Console.Error, !Console.IsInputRedirected && !Console.IsOutputRedirected);

    public TextWriter Out => output;

    public TextWriter Error => error;

    public bool IsInteractive => isInteractive;

    /// <summary>Asks a question; only "y" and "yes" are yes, and nobody there is no.</summary>
    public bool Confirm(string question)
    {
        if (!isInteractive)
            return false;
        error.Write(question + " [y/N] ");
        return input.ReadLine()?.Trim() is { } answer
            && (answer.Equals("y", StringComparison.OrdinalIgnoreCase) || answer.Equals("yes", StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>Asks for a secret without showing what is typed; null when nobody is there to ask or the input ended.</summary>
    public string? ReadSecret(string prompt)
    {
        if (!isInteractive)
            return null;
        error.Write(prompt + ": ");
        var secret = ReferenceEquals(input, Console.In) ? ReadKeys(() => Console.ReadKey(intercept: true)) : input.ReadLine();
        error.WriteLine();
        return secret;
    }

    /// <summary>One line of standard input, for secrets that are piped in.</summary>
    public string? ReadLine() => input.ReadLine();

    /// <summary>What was typed until Enter. Keys without a character, such as the arrows, leave nothing in it.</summary>
    internal static string ReadKeys(Func<ConsoleKeyInfo> next)
    {
        var text = new StringBuilder();
        while (next() is { Key: not ConsoleKey.Enter } key)
        {
            if (key.Key == ConsoleKey.Backspace)
                text.Length -= text.Length > 1 && char.IsLowSurrogate(text[^1]) ? 2 : Math.Min(1, text.Length);
            else if (!char.IsControl(key.KeyChar))
                text.Append(key.KeyChar);
        }
        return text.ToString();
    }
}
