using System.Collections.Concurrent;
using ChatAkka.Node.Accounts;
using ChatAkka.Protocol.Accounts;

namespace ChatAkka.Node.Tests;

/// <summary>Accounts in memory.</summary>
internal sealed class MemoryAccounts : IAccounts
{
    private readonly ConcurrentDictionary<string, AccountState> _accounts = new();

    private TaskCompletionSource _gate = new();

    public MemoryAccounts() => _gate.SetResult();

    public bool IsAway { get; set; }

    public ConcurrentQueue<AccountOrder> Orders { get; } = new();

    public string? HashOf(string user) => _accounts.TryGetValue(user, out var account) ? account.Hash : null;

    /// <summary>From now on nothing is answered before <see cref="Resume"/>.</summary>
    public void Pause() => _gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Resume() => _gate.SetResult();

    public async Task<AccountAnswer?> AskAsync(AccountQuestion question)
    {
        Orders.Enqueue(question.Order);
        await _gate.Task;
        if (IsAway)
            return null;
        var state = _accounts.GetValueOrDefault(question.User, AccountState.None);
        var (result, happened) = state.Decide(question);
        if (happened is not null)
            _accounts[question.User] = state = state.Apply(happened);
        return new AccountAnswer(result, state.Hash, state.IsDisabled, state.Epoch);
    }

    public async IAsyncEnumerable<string> ListAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken stop = default)
    {
        await Task.Yield();
        foreach (var user in _accounts.Keys)
            yield return user;
    }
}
