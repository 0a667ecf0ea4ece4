namespace ChatAkka.Management.Client;

/// <summary>Reads lines in a terminal: cursor keys, history, completion.</summary>
/// <remarks>No library for this is maintained (docs/decisions/0026).</remarks>
/// <param name="prompt">What stands before the line.</param>
/// <param name="completion">Knows what may come next.</param>
/// <param name="history">The lines of before.</param>
internal sealed class LineEditor(string prompt, Completion completion, History history)
{
    private readonly LineBuffer _line = new();
    private string _draft = "";
    private int _at;
    private int _shift;
    private bool _wasTab;

    /// <summary>Reads a line; null if the user pressed Ctrl-D to end.</summary>
    public string? Read()
    {
        // While a line is typed Ctrl-C is a key; while a command runs it is a signal.
        Console.TreatControlCAsInput = true;
        try
        {
            _line.Set("");
            (_draft, _at, _shift) = ("", history.Lines.Count, 0);
            Show();
            while (true)
            {
                var key = Console.ReadKey(intercept: true);
                var isTab = key.Key == ConsoleKey.Tab;
                if (Handle(key) is { } done)
                {
                    Console.WriteLine();
                    return done.IsEnd ? null : done.Line;
                }

                _wasTab = isTab;
                Show();
            }
        }
        finally
        {
            Console.TreatControlCAsInput = false;
        }
    }

    private (bool IsEnd, string Line)? Handle(ConsoleKeyInfo key)
    {
        if (key.Modifiers.HasFlag(ConsoleModifiers.Control))
            return HandleControl(key.Key);
        if (key.Key == ConsoleKey.Enter)
            return Enter();
        Action? edit = key.Key switch
        {
            ConsoleKey.Tab => Complete,
            ConsoleKey.Backspace => _line.Backspace,
            ConsoleKey.Delete => _line.Delete,
            ConsoleKey.LeftArrow => () => _line.Move(-1),
            ConsoleKey.RightArrow => () => _line.Move(1),
            ConsoleKey.Home => () => _line.Move(-_line.Cursor),
            ConsoleKey.End => () => _line.Move(_line.Text.Length),
            ConsoleKey.UpArrow => () => Recall(-1),
            ConsoleKey.DownArrow => () => Recall(1),
            _ when char.IsControl(key.KeyChar) => null,
            _ => () => _line.Insert(key.KeyChar.ToString()),
        };
        edit?.Invoke();
        return null;
    }

    private (bool IsEnd, string Line)? HandleControl(ConsoleKey key)
    {
        switch (key)
        {
            case ConsoleKey.C:
                Console.Write("^C");
                return (false, "");
            case ConsoleKey.D when _line.Text.Length == 0:
                return (true, "");
            case ConsoleKey.J or ConsoleKey.M:
                return Enter();
        }

        Action? edit = key switch
        {
            ConsoleKey.D => _line.Delete,
            ConsoleKey.A => () => _line.Move(-_line.Cursor),
            ConsoleKey.E => () => _line.Move(_line.Text.Length),
            ConsoleKey.H => _line.Backspace,
            ConsoleKey.W => _line.DeleteWord,
            ConsoleKey.U => _line.DeleteToStart,
            ConsoleKey.K => _line.DeleteToEnd,
            ConsoleKey.P => () => Recall(-1),
            ConsoleKey.N => () => Recall(1),
            ConsoleKey.L => () => Console.Write("\e[2J\e[H"),
            _ => null,
        };
        edit?.Invoke();
        return null;
    }

    private (bool IsEnd, string Line) Enter()
    {
        history.Add(_line.Text.Trim());
        return (false, _line.Text);
    }

    private void Recall(int by)
    {
        var to = Math.Clamp(_at + by, 0, history.Lines.Count);
        if (to == _at)
            return;
        if (_at == history.Lines.Count)
            _draft = _line.Text;
        _at = to;
        _line.Set(_at == history.Lines.Count ? _draft : history.Lines[_at]);
    }

    private void Complete()
    {
        var found = completion.Find(_line.Before);
        if (found.Count == 0)
            return;
        var typed = _line.Before.Length - (_line.Before.LastIndexOf(' ') + 1);
        var common = found.Aggregate((a, b) => a[..a.Zip(b).TakeWhile(p => p.First == p.Second).Count()]);
        _line.Insert(common[typed..] + (found.Count == 1 ? " " : ""));
        if (found.Count == 1 || !_wasTab)
            return;
        Console.WriteLine();
        Console.WriteLine(string.Join("  ", found));
    }

    /// <summary>Writes the line anew. One that is longer than the terminal moves under the prompt.</summary>
    private void Show()
    {
        var space = Math.Max(8, Console.BufferWidth - prompt.Length - 1);
        if (_line.Cursor < _shift)
            _shift = _line.Cursor;
        else if (_line.Cursor > _shift + space)
            _shift = _line.Cursor - space;
        var seen = _line.Text.Substring(_shift, Math.Min(space, _line.Text.Length - _shift));
        var column = prompt.Length + _line.Cursor - _shift;
        Console.Write($"\r{prompt}{seen}\e[K\r{(column > 0 ? $"\e[{column}C" : "")}");
    }
}
