using ComputeMiner.Cli;

namespace ComputeMiner.Tests.Cli;

public class CliConsoleTests
{
    [Fact]
    public void ReadKeys_ArrowsAndCorrections_LeaveOnlyWhatWasMeant()
    {
        var keys = new Queue<ConsoleKeyInfo>(
        [
            Key('\b', ConsoleKey.Backspace), Key('p'), Key('\0', ConsoleKey.LeftArrow), Key('w'), Key('x'), Key('\b', ConsoleKey.Backspace), Key('\0', ConsoleKey.Home),
            Key('\ud83d'), Key('\ude00'), Key('\b', ConsoleKey.Backspace), Key('\u001b', ConsoleKey.Escape), Key('ß'), Key('\r', ConsoleKey.Enter),
        ]);

        Assert.Equal("pwß", CliConsole.ReadKeys(keys.Dequeue));
    }

    static ConsoleKeyInfo Key(char character, ConsoleKey key = ConsoleKey.None) => new(character, key, shift: false, alt: false, control: false);
}
