namespace ChatAkka.Management.Client;

/// <summary>A line that is being typed, and the cursor in it. Pure.</summary>
internal sealed class LineBuffer
{
    /// <summary>The line.</summary>
    public string Text { get; private set; } = "";

    /// <summary>Where the cursor is.</summary>
    public int Cursor { get; private set; }

    /// <summary>What stands before the cursor.</summary>
    public string Before => Text[..Cursor];

    /// <summary>Replaces the line; the cursor goes to its end.</summary>
    public void Set(string text) => (Text, Cursor) = (text, text.Length);

    /// <summary>Puts a text in at the cursor.</summary>
    public void Insert(string text) => (Text, Cursor) = (Text.Insert(Cursor, text), Cursor + text.Length);

    /// <summary>Moves the cursor.</summary>
    public void Move(int by) => Cursor = Math.Clamp(Cursor + by, 0, Text.Length);

    /// <summary>Deletes before the cursor.</summary>
    public void Backspace()
    {
        if (Cursor > 0)
            Cut(Cursor - 1, Cursor);
    }

    /// <summary>Deletes at the cursor.</summary>
    public void Delete()
    {
        if (Cursor < Text.Length)
            Cut(Cursor, Cursor + 1);
    }

    /// <summary>Deletes the word before the cursor.</summary>
    public void DeleteWord()
    {
        var from = Cursor;
        while (from > 0 && Text[from - 1] == ' ')
            from--;
        while (from > 0 && Text[from - 1] != ' ')
            from--;
        Cut(from, Cursor);
    }

    /// <summary>Deletes to the line's beginning.</summary>
    public void DeleteToStart() => Cut(0, Cursor);

    /// <summary>Deletes to the line's end.</summary>
    public void DeleteToEnd() => Cut(Cursor, Text.Length);

    private void Cut(int from, int to) => (Text, Cursor) = (Text[..from] + Text[to..], from);
}
