using System.Runtime.InteropServices;
using Tsavorite.core;

namespace ChatAkka.EmbeddedRedis.Ledger;

/// <summary>A file of the store. Each of its writes is recorded in the ledger.</summary>
internal sealed unsafe class LedgerDevice : StorageDeviceBase
{
    private static readonly TimeSpan s_drainLimit = TimeSpan.FromSeconds(5);
    private readonly IDevice _file;
    private readonly DataLedger _ledger;
    private readonly Func<string, string> _nameOf;
    private int _pending;

    /// <summary>Makes a device that records the writes of a file in the ledger.</summary>
    /// <param name="file">The file, or the files of its segments.</param>
    /// <param name="ledger">The ledger.</param>
    /// <param name="nameOf">Gives the name of a path as it is used in the ledger.</param>
    public LedgerDevice(IDevice file, DataLedger ledger, Func<string, string> nameOf)
        : base(file.FileName, file.SectorSize, file.Capacity)
    {
        _file = file;
        _ledger = ledger;
        _nameOf = nameOf;
        ThrottleLimit = file.ThrottleLimit;
    }

    /// <inheritdoc/>
    public override void Initialize(long segmentSize, LightEpoch epoch = null!, bool omitSegmentIdFromFilename = false)
    {
        base.Initialize(segmentSize, epoch, omitSegmentIdFromFilename);
        _file.Initialize(segmentSize, epoch, omitSegmentIdFromFilename);
    }

    /// <inheritdoc/>
    public override bool Throttle() => Volatile.Read(ref _pending) > ThrottleLimit || _file.Throttle();

    /// <inheritdoc/>
    public override void WriteAsync(
        IntPtr sourceAddress, int segmentId, ulong destinationAddress, uint numBytesToWrite, DeviceIOCompletionCallback callback, object context)
    {
        Interlocked.Increment(ref _pending);
        var write = new Write(this, sourceAddress, segmentId, destinationAddress, numBytesToWrite, callback, context);
        ThreadPool.UnsafeQueueUserWorkItem(static w => w.Start(), write, preferLocal: false);
    }

    /// <inheritdoc/>
    public override void ReadAsync(
        int segmentId, ulong sourceAddress, IntPtr destinationAddress, uint readLength, DeviceIOCompletionCallback callback, object context) =>
        _file.ReadAsync(segmentId, sourceAddress, destinationAddress, readLength, callback, context);

    /// <inheritdoc/>
    public override void RemoveSegment(int segment)
    {
        _ledger.Remove(_nameOf(GetSegmentFilename(FileName, segment)));
        _file.RemoveSegment(segment);
    }

    /// <inheritdoc/>
    public override void RemoveSegmentAsync(int segment, AsyncCallback callback, IAsyncResult result)
    {
        RemoveSegment(segment);
        callback(result);
    }

    /// <inheritdoc/>
    public override long GetFileSize(int segment) => _file.GetFileSize(segment);

    /// <inheritdoc/>
    public override void Reset()
    {
        Drain();
        _file.Reset();
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        Drain();
        _file.Dispose();
    }

    private void Drain() => SpinWait.SpinUntil(() => Volatile.Read(ref _pending) == 0, s_drainLimit);

    /// <summary>One write. It is recorded in the ledger, carried out, recorded as done, and only then reported to the store.</summary>
    private sealed class Write(
        LedgerDevice device, IntPtr source, int segment, ulong destination, uint length, DeviceIOCompletionCallback callback, object context)
    {
        private void* _copy;
        private long _ticket;

        public void Start()
        {
            try
            {
                // The write uses a copy: other records may change the end of the last sector while it is written.
                _copy = NativeMemory.AlignedAlloc(length, device.SectorSize);
                var bytes = new Span<byte>(_copy, (int)length);
                new ReadOnlySpan<byte>((void*)source, (int)length).CopyTo(bytes);
                var name = device._nameOf(device.GetSegmentFilename(device.FileName, segment));
                _ticket = device._ledger.Begin(name, (long)destination, Sectors.Sum(bytes));
                device._file.WriteAsync((IntPtr)_copy, segment, destination, length, OnWritten, null);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or ObjectDisposedException or OutOfMemoryException)
            {
                End(uint.MaxValue, 0, e);
            }
        }

        private void OnWritten(uint error, uint written, object? none, Exception? exception)
        {
            try
            {
                if (error == 0)
                    device._ledger.Done(_ticket);
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException)
            {
                (error, written, exception) = (uint.MaxValue, 0, e);
            }

            End(error, written, exception);
        }

        private void End(uint error, uint written, Exception? exception)
        {
            NativeMemory.AlignedFree(_copy);
            Interlocked.Decrement(ref device._pending);
            callback(error, written, context, exception!);
        }
    }
}
