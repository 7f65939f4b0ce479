namespace Bank.Infrastructure.Progress;

/// <summary>
/// Shows how far long work has got: on a terminal as one line that is rewritten, elsewhere, as in a log, as a
/// line every few seconds.
/// </summary>
/// <param name="output">The output.</param>
/// <param name="isTerminal">Whether the output can rewrite a line.</param>
/// <param name="interval">The shortest time between two lines.</param>
/// <param name="time">The clock.</param>
sealed class ProgressLine(TextWriter output, bool isTerminal, TimeSpan interval, TimeProvider time)
{
    /// <summary>Returns to the start of the line and erases it.</summary>
    const string Erase = "\r\e[K";

    long shownAt = time.GetTimestamp();
    bool isOpen;

    /// <summary>On the console's error output, so that the result of a command stays alone.</summary>
    public static ProgressLine OnConsole()
    {
        var isTerminal = !Console.IsErrorRedirected;
        var interval = isTerminal ? TimeSpan.FromMilliseconds(200) : TimeSpan.FromSeconds(5);
        return new(Console.Error, isTerminal, interval, TimeProvider.System);
    }

    /// <summary>Shows a text that stays, at once.</summary>
    public void Announce(string text)
    {
        End();
        output.WriteLine(text);
    }

    /// <summary>Shows how far the work has got, unless that was just shown.</summary>
    public void Report(FormattableString text)
    {
        if (time.GetElapsedTime(shownAt) < interval)
            return;

        shownAt = time.GetTimestamp();
        var line = FormattableString.Invariant(text);
        isOpen = isTerminal;

        if (isTerminal)
            output.Write(Erase + line);
        else
            output.WriteLine(line);
    }

    /// <summary>Removes the line that moves.</summary>
    public void End()
    {
        if (isOpen)
            output.Write(Erase);

        isOpen = false;
    }
}
