using System.Text;
using ChatAkka.Node.Connections;
using ChatAkka.Protocol;
using ChatAkka.Protocol.Client;
using ChatAkka.Protocol.Operators;

namespace ChatAkka.Node.Operators;

/// <summary>The sender of one chat of an operator. It receives the answer to the chat.</summary>
/// <param name="id">Its id, which no connection of a client has.</param>
internal sealed class OperatorSender(long id) : ISender
{
    /// <summary>The ids of operators' chats begin behind this number. Connection ids of clients never reach it.</summary>
    public const long FirstId = 1L << 48;

    private readonly TaskCompletionSource<DoneReport> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <inheritdoc/>
    public long Id => id;

    /// <summary>The answer to the chat: the receipt or the error in the form for JSON clients.</summary>
    public Task<DoneReport> Answered => _answer.Task;

    /// <inheritdoc/>
    /// <remarks>A single chat needs no budget.</remarks>
    public bool TryReserve(int bytes) => true;

    /// <inheritdoc/>
    public void Reserve(int bytes)
    {
    }

    /// <inheritdoc/>
    public void Release(int bytes)
    {
    }

    /// <inheritdoc/>
    /// <remarks>If the window was full, the operator got an error and decides whether to try again.</remarks>
    public void OnSpace()
    {
    }

    /// <inheritdoc/>
    public void Answer(scoped in ChatView chat, ErrorCode code)
    {
        var line = new Utf8Buffer();
        if (code == ErrorCode.None)
            Answers.Delivered(line, chat.Id);
        else
            Answers.Error(line, json: true, code, null, chat.Id, chat.Recipient);
        Complete(line, isDone: code == ErrorCode.None, isStored: false);
    }

    /// <inheritdoc/>
    public void AnswerStored(scoped in ChatView chat)
    {
        var line = new Utf8Buffer();
        Answers.Stored(line, json: true, chat.Id, chat.Recipient);
        Complete(line, isDone: true, isStored: true);
    }

    private void Complete(Utf8Buffer line, bool isDone, bool isStored) =>
        _answer.TrySetResult(new DoneReport(isDone, Encoding.UTF8.GetString(line.Written).Trim(), isStored));
}
