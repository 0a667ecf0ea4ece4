namespace ChatAkka.Sessions;

/// <summary>A command to Redis that many callers share. While one is under way, callers gather; the next one is for all of them.</summary>
/// <remarks>Thread-safe. A caller never gets the result of a command that was sent before it asked, so what the caller did before is done. At most one command
/// is under way. A caller who is alone waits for nothing.</remarks>
/// <param name="send">Sends the command for some callers. All of them get its result, or its exception.</param>
/// <typeparam name="TItem">What a caller gives.</typeparam>
/// <typeparam name="TResult">What all callers of one command get.</typeparam>
internal sealed class SharedCommand<TItem, TResult>(Func<IReadOnlyList<TItem>, Task<TResult>> send)
{
    private readonly Lock _gate = new();
    private List<TItem> _items = [];
    private TaskCompletionSource<TResult> _next = New();
    private bool _isUnderWay;

    /// <summary>Asks for the result of a command that is sent from now on.</summary>
    public Task<TResult> AskAsync(TItem item)
    {
        Task<TResult> result;
        lock (_gate)
        {
            _items.Add(item);
            result = _next.Task;
            if (_isUnderWay)
                return result;
            _isUnderWay = true;
        }

        _ = SendAllAsync();
        return result;
    }

    private async Task SendAllAsync()
    {
        while (true)
        {
            List<TItem> items;
            TaskCompletionSource<TResult> answer;
            lock (_gate)
            {
                if (_items.Count == 0)
                {
                    _isUnderWay = false;
                    return;
                }

                (items, answer, _items, _next) = (_items, _next, [], New());
            }

            try
            {
                answer.SetResult(await send(items).ConfigureAwait(false));
            }
            catch (Exception e)
            {
                answer.SetException(e);
            }
        }
    }

    private static TaskCompletionSource<TResult> New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
