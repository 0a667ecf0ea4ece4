using ChatAkka.Management.Client;
using ChatAkka.Management.Wire;
using CsCheck;

namespace ChatAkka.Management.Tests;

/// <summary>The pure parts of <c>pbm</c>: words, completion, the line that is typed, how rows look.</summary>
public class ClientSpecs
{
    private static readonly PaletteInfo[] s_palettes =
    [
        new("chat", "d", [
            new("drain", "d", [new("node", "d", [], true, false, false, null), new("pace", "d", ["--pace"], false, false, false, "50"), new("force", "d", ["--force"], false, true, false, null)], true),
            new("send", "d", [new("user", "d", [], true, false, false, null), new("text", "d", [], true, false, true, null)], false),
        ]),
        new("cluster", "d", [new("show", "d", [], false)]),
    ];

    [Theory]
    [InlineData("a b", "a|b")]
    [InlineData("  a   b ", "a|b")]
    [InlineData("say \"a b\" 'c \" d'", "say|a b|c \" d")]
    [InlineData("it's fine", "it's|fine")]
    [InlineData("--level='a b'", "--level=a b")]
    [InlineData("x \"\"", "x|")]
    public void Should_divide_a_line_into_words(string line, string words) => string.Join('|', Words.TrySplit(line)!).ShouldBe(words);

    [Fact]
    public void Should_know_a_quote_that_does_not_end() => Words.TrySplit("say \"a").ShouldBeNull();

    [Theory]
    [InlineData("", "chat cluster exit help quit")]
    [InlineData("c", "chat cluster")]
    [InlineData("ch", "chat")]
    [InlineData("chat ", "drain send")]
    [InlineData("chat drain --", "--force --json --pace")]
    [InlineData("chat drain n1 --force --p", "--pace")]
    [InlineData("chat send bob --", "")]
    [InlineData("help ch", "chat")]
    [InlineData("help chat s", "send")]
    [InlineData("nothing ", "")]
    public void Should_complete_palettes_commands_and_switches(string typed, string found) =>
        string.Join(' ', new Completion(s_palettes).Find(typed)).ShouldBe(found);

    [Fact]
    public void Should_keep_the_cursor_in_the_line_whatever_is_typed() => Gen.Int[0, 8].Array.Sample(keys =>
    {
        var line = new LineBuffer();
        foreach (var key in keys)
        {
            switch (key)
            {
                case 0: line.Insert("a b"); break;
                case 1: line.Backspace(); break;
                case 2: line.Delete(); break;
                case 3: line.Move(-2); break;
                case 4: line.Move(1); break;
                case 5: line.DeleteWord(); break;
                case 6: line.DeleteToStart(); break;
                case 7: line.DeleteToEnd(); break;
                default: line.Set("xyz"); break;
            }

            line.Cursor.ShouldBeInRange(0, line.Text.Length);
            (line.Before + line.Text[line.Cursor..]).ShouldBe(line.Text);
        }
    });

    [Theory]
    [InlineData("--json", "cluster", "show")]
    [InlineData("10.0.0.1:9000", "--token", "t", "cluster", "show")]
    public void Should_read_options_before_the_command(params string[] args) =>
        ClientOptions.TryParse(args, _ => null, out _)!.Words.ShouldBe(["cluster", "show"]);

    [Fact]
    public void Should_take_the_token_from_the_environment_last()
    {
        ClientOptions.TryParse(["--token", "a"], _ => "b", out _)!.Token.ShouldBe("a");
        ClientOptions.TryParse([], _ => "b", out _)!.Token.ShouldBe("b");
    }

    [Fact]
    public void Should_align_rows_in_a_terminal() => Print(OutputMode.Terminal, piped: false).ShouldBe("name   count\nalice  5\nb\n");

    [Fact]
    public void Should_divide_cells_by_tabs_in_a_pipe() => Print(OutputMode.Piped, piped: false).ShouldBe("alice\t5\nb\t\n");

    [Fact]
    public void Should_write_an_object_for_each_row() =>
        Print(OutputMode.Json, piped: false).ShouldBe("{\"name\":\"alice\",\"count\":5}\n{\"name\":\"b\",\"count\":null}\n");

    [Fact]
    public void Should_write_bars_where_the_table_wants_them() => Print(OutputMode.Terminal, piped: true).ShouldBe("alice | 5\nb |\n");

    [Fact]
    public void Should_not_let_an_answer_steer_the_terminal()
    {
        var output = new StringWriter { NewLine = "\n" };
        new Printer(output, output, OutputMode.Terminal, hasColor: false, streams: false).Text("a\e[2Jb");

        output.ToString().ShouldBe("a?[2Jb\n");
    }

    [Fact]
    public void Should_write_as_escapes_in_JSON_what_could_steer_the_terminal()
    {
        var output = new StringWriter { NewLine = "\n" };
        var printer = new Printer(output, output, OutputMode.Json, hasColor: false, streams: false);
        printer.Begin(["name"], piped: false);
        printer.Add([["a\e\u009b\u202e\u007fb"]]);
        printer.Text("c\u009bd");

        output.ToString().ShouldBe("{\"name\":\"a\\u001B\\u009b\\u202e\\u007fb\"}\n{\"text\":\"c\\u009bd\"}\n", StringCompareShould.IgnoreCase);
    }

    [Fact]
    public void Should_clean_what_a_host_says_of_itself()
    {
        var evil = new HostMessage.Welcome(1, "a\e", [new("p\u009b", "d\e", [new("c\u202e", "d\e", [new("n\e", "d\e", ["-\e"], false, false, false, "x\e")], false)])]);

        System.Text.Json.JsonSerializer.Serialize(CleanText.Of(evil)).ShouldNotContain("\\u");
    }

    [Fact]
    public void Should_keep_the_history_for_its_owner_alone_also_where_the_file_was_open_to_others()
    {
        if (OperatingSystem.IsWindows())
            return;
        using var folder = new ChatAkka.TestSupport.TempFolder();
        foreach (var file in new[] { Path.Combine(folder.Path, "new"), Path.Combine(folder.Path, "old") })
        {
            if (file.EndsWith("old", StringComparison.Ordinal))
                File.WriteAllText(file, "before\n");
            var history = new History(file);
            history.Add("chat send bob secret");
            history.Save();

            File.GetUnixFileMode(file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
            File.ReadAllLines(file)[^1].ShouldBe("chat send bob secret");
        }
    }

    private static string Print(OutputMode mode, bool piped)
    {
        var output = new StringWriter { NewLine = "\n" };
        var printer = new Printer(output, output, mode, hasColor: false, streams: false);
        printer.Begin(["name", "count"], piped);
        printer.Add([["alice", 5], ["b", null]]);
        printer.End();
        return output.ToString();
    }
}
