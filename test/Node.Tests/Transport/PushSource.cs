using Akka.Streams;
using Akka.Streams.Stage;

namespace ChatAkka.Node.Tests.Transport;

/// <summary>A source that gives the elements of a test, each when it is requested.</summary>
internal sealed class PushSource<T> : GraphStageWithMaterializedValue<SourceShape<T>, PushSource<T>.Pusher>
{
    private readonly Outlet<T> _out = new("push.out");

    public override SourceShape<T> Shape => new(_out);

    public override ILogicAndMaterializedValue<Pusher> CreateLogicAndMaterializedValue(Attributes inheritedAttributes)
    {
        var logic = new Logic(this);
        return new LogicAndMaterializedValue<Pusher>(logic, new Pusher(logic.Started.Task, logic.OnPushAsked, logic.OnEndAsked, logic.Cancelled.Task));
    }

    /// <summary>Gives elements.</summary>
    /// <param name="started">Completes when the stage runs; nothing may be given before.</param>
    /// <param name="push">Gives an element.</param>
    /// <param name="end">Ends the stream, with a failure or without.</param>
    /// <param name="cancelled">Completes when nobody takes elements any more.</param>
    public sealed class Pusher(Task started, Action<(T, TaskCompletionSource)> push, Action<Exception?> end, Task cancelled)
    {
        /// <summary>Completes when nobody takes elements any more.</summary>
        public Task Cancelled => cancelled;

        /// <summary>Gives an element. Completes when the element after it is requested, so that the memory of this one may change.</summary>
        /// <exception cref="IOException">Nobody takes elements any more.</exception>
        public async Task PushAsync(T element)
        {
            await started;
            var taken = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            push((element, taken));
            await taken.Task;
        }

        /// <summary>Ends the stream.</summary>
        public Task CompleteAsync() => EndAsync(null);

        /// <summary>Fails the stream.</summary>
        public Task FailAsync(Exception cause) => EndAsync(cause);

        private async Task EndAsync(Exception? cause)
        {
            await started;
            end(cause);
        }
    }

    private sealed class Logic : GraphStageLogic
    {
        private readonly PushSource<T> _stage;
        private (T Element, TaskCompletionSource Taken)? _waiting;
        private TaskCompletionSource? _pushed;

        public Logic(PushSource<T> stage)
            : base(stage.Shape)
        {
            _stage = stage;
            OnPushAsked = GetAsyncCallback<(T, TaskCompletionSource)>(OnAsked);
            OnEndAsked = GetAsyncCallback<Exception?>(End);
            SetHandler(stage._out, OnPull, _ => OnCancelled());
        }

        public TaskCompletionSource Cancelled { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Started { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Action<(T Element, TaskCompletionSource Taken)> OnPushAsked { get; }

        public Action<Exception?> OnEndAsked { get; }

        public override void PreStart()
        {
            SetKeepGoing(true);
            Started.SetResult();
        }

        private void OnAsked((T Element, TaskCompletionSource Taken) next)
        {
            if (IsClosed(_stage._out))
                next.Taken.SetException(new IOException("nobody takes this any more"));
            else if (IsAvailable(_stage._out))
                PushNow(next);
            else
                _waiting = next;
        }

        private void OnPull()
        {
            _pushed?.SetResult();
            _pushed = null;
            if (_waiting is not { } next)
                return;
            _waiting = null;
            PushNow(next);
        }

        private void PushNow((T Element, TaskCompletionSource Taken) next)
        {
            _pushed = next.Taken;
            Push(_stage._out, next.Element);
        }

        private void End(Exception? cause)
        {
            if (cause is null)
                Complete(_stage._out);
            else
                Fail(_stage._out, cause);
        }

        private void OnCancelled()
        {
            Cancelled.TrySetResult();
            var gone = new IOException("nobody takes this any more");
            _pushed?.TrySetException(gone);
            _waiting?.Taken.TrySetException(gone);
            (_pushed, _waiting) = (null, null);
        }
    }
}
