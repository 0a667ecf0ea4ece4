using Akka.Streams;
using Akka.Streams.Stage;

namespace ChatAkka.Node.Tests.Transport;

/// <summary>A sink that requests an element only when a test asks for it.</summary>
internal sealed class PullSink<T> : GraphStageWithMaterializedValue<SinkShape<T>, PullSink<T>.Puller>
{
    private readonly Inlet<T> _in = new("pull.in");

    public override SinkShape<T> Shape => new(_in);

    public override ILogicAndMaterializedValue<Puller> CreateLogicAndMaterializedValue(Attributes inheritedAttributes)
    {
        var logic = new Logic(this);
        return new LogicAndMaterializedValue<Puller>(logic, new Puller(logic.Started.Task, logic.OnPullAsked, logic.OnCancelAsked, logic.Ended.Task));
    }

    /// <summary>Asks for elements.</summary>
    /// <param name="started">Completes when the stage runs; nothing may be asked before.</param>
    /// <param name="pull">Asks for the next element.</param>
    /// <param name="cancel">Takes no more elements.</param>
    /// <param name="ended">Completes when no more elements come; fails if the stream failed.</param>
    public sealed class Puller(Task started, Action<TaskCompletionSource<(bool, T?)>> pull, Action cancel, Task ended)
    {
        /// <summary>Completes when no more elements come; fails if the stream failed.</summary>
        public Task Ended => ended;

        /// <summary>Requests the next element. <c>HasOne</c> is false if the stream has ended.</summary>
        public async Task<(bool HasOne, T? Element)> NextAsync()
        {
            await started;
            var next = new TaskCompletionSource<(bool, T?)>(TaskCreationOptions.RunContinuationsAsynchronously);
            pull(next);
            return await next.Task;
        }

        /// <summary>Takes no more elements.</summary>
        public async Task CancelAsync()
        {
            await started;
            cancel();
        }
    }

    private sealed class Logic : GraphStageLogic
    {
        private readonly PullSink<T> _stage;
        private TaskCompletionSource<(bool, T?)>? _next;

        public Logic(PullSink<T> stage)
            : base(stage.Shape)
        {
            _stage = stage;
            OnPullAsked = GetAsyncCallback<TaskCompletionSource<(bool, T?)>>(AnswerNext);
            OnCancelAsked = GetAsyncCallback(() => Cancel(stage._in));
            SetHandler(stage._in, () => Take().SetResult((true, Grab(stage._in))), OnEnd, OnFailure);
        }

        public TaskCompletionSource Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Started { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Action<TaskCompletionSource<(bool, T?)>> OnPullAsked { get; }

        public Action OnCancelAsked { get; }

        // The end of the stream is told as often as it is asked for.
        public override void PreStart()
        {
            SetKeepGoing(true);
            Started.SetResult();
        }

        private void AnswerNext(TaskCompletionSource<(bool, T?)> next)
        {
            if (Ended.Task.IsFaulted)
                next.SetException(Ended.Task.Exception.InnerException!);
            else if (IsClosed(_stage._in))
                next.SetResult((false, default));
            else
            {
                _next = next;
                Pull(_stage._in);
            }
        }

        private TaskCompletionSource<(bool, T?)> Take()
        {
            var next = _next!;
            _next = null;
            return next;
        }

        private void OnEnd()
        {
            Ended.TrySetResult();
            if (_next is not null)
                Take().SetResult((false, default));
        }

        private void OnFailure(Exception cause)
        {
            Ended.TrySetException(cause);
            if (_next is not null)
                Take().SetException(cause);
        }
    }
}
