using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace ChatAkka.Chaos.Lab;

/// <summary>A wire between two namespaces that runs through this process, so that packets can be made late: the kernel has no netem.</summary>
/// <remarks>Two TAP devices, one in each namespace; what one takes is written to the other, after a while. Order is kept, as on
/// a real path.</remarks>
internal sealed class SlowWire(string spaceA, string nameA, string spaceB, string nameB)
{
    private const int CloneNewNet = 0x40000000;
    private const uint TunSetIff = 0x400454ca;
    private const short TapWithoutInfo = 0x0002 | 0x1000;
    private const int OpenReadWrite = 2;

    // What is more is lost: the queue of a slow wire is not endless.
    private const int MostLate = 10_000;
    private long _delayMicros;
    private long _jitterMicros;

    /// <summary>Sets the delay of each direction.</summary>
    public void Set(TimeSpan delay, TimeSpan jitter)
    {
        Volatile.Write(ref _delayMicros, (long)delay.TotalMicroseconds);
        Volatile.Write(ref _jitterMicros, (long)jitter.TotalMicroseconds);
    }

    /// <summary>Makes the devices and carries packets until this process ends.</summary>
    public void Start()
    {
        var a = Open(spaceA, nameA);
        var b = Open(spaceB, nameB);
        Carry(a, b);
        Carry(b, a);
    }

    private void Carry(SafeFileHandle from, SafeFileHandle to)
    {
        var late = new System.Collections.Concurrent.BlockingCollection<(long Due, byte[] Packet)>(MostLate);
        InBackground(() =>
        {
            var buffer = new byte[65536];
            while (true)
            {
                var length = Read(from, buffer);
                if (length <= 0)
                    continue;
                var delay = Volatile.Read(ref _delayMicros);
                var jitter = Volatile.Read(ref _jitterMicros);
                if (delay == 0 && late.Count == 0)
                    Write(to, buffer.AsSpan(0, length));
                else
                    late.TryAdd((Clock.Now + delay + (long)((Random.Shared.NextDouble() * 2 - 1) * jitter), buffer[..length]));
            }
        });
        InBackground(() =>
        {
            foreach (var (due, packet) in late.GetConsumingEnumerable())
            {
                var wait = due - Clock.Now;
                if (wait > 0)
                    Thread.Sleep(TimeSpan.FromMicroseconds(wait));
                Write(to, packet);
            }
        });
    }

    private static void InBackground(ThreadStart work) => new Thread(work) { IsBackground = true }.Start();

    private static unsafe int Read(SafeFileHandle from, byte[] buffer)
    {
        fixed (byte* p = buffer)
            return (int)read((int)from.DangerousGetHandle(), p, (nuint)buffer.Length);
    }

    private static unsafe void Write(SafeFileHandle to, ReadOnlySpan<byte> packet)
    {
        // A packet that a device does not take, as while it is down, is lost: that is what wires do.
        fixed (byte* p = packet)
            _ = write((int)to.DangerousGetHandle(), p, (nuint)packet.Length);
    }

    /// <summary>Opens a TAP device in a namespace. A thread enters the namespace for good and ends; the device stays there.</summary>
    private static SafeFileHandle Open(string space, string name)
    {
        SafeFileHandle? device = null;
        Exception? problem = null;
        var thread = new Thread(() =>
        {
            try
            {
                using var target = File.OpenHandle($"/run/netns/{space}");
                if (setns((int)target.DangerousGetHandle(), CloneNewNet) != 0)
                    throw new InvalidOperationException($"cannot enter {space}: error {Marshal.GetLastPInvokeError()}");
                var file = open("/dev/net/tun", OpenReadWrite);
                var request = new byte[40];
                System.Text.Encoding.ASCII.GetBytes(name).CopyTo(request, 0);
                BitConverter.TryWriteBytes(request.AsSpan(16), TapWithoutInfo);
                if (file < 0 || ioctl(file, TunSetIff, request) != 0)
                    throw new InvalidOperationException($"cannot make {name} in {space}: error {Marshal.GetLastPInvokeError()}");
                device = new SafeFileHandle(file, ownsHandle: true);
            }
            catch (Exception e)
            {
                problem = e;
            }
        });
        thread.Start();
        thread.Join();
        return device ?? throw new InvalidOperationException($"no wire to {space}", problem);
    }

#pragma warning disable SYSLIB1054, IDE1006, CA2101 // Five calls of the C library, by their own names.
    [DllImport("libc", SetLastError = true)]
    private static extern int setns(int fd, int type);

    [DllImport("libc", SetLastError = true)]
    private static extern int open(string path, int flags);

    [DllImport("libc", SetLastError = true)]
    private static extern int ioctl(int fd, uint request, byte[] argument);

    [DllImport("libc", SetLastError = true)]
    private static extern unsafe nint read(int fd, byte* buffer, nuint count);

    [DllImport("libc", SetLastError = true)]
    private static extern unsafe nint write(int fd, byte* buffer, nuint count);
#pragma warning restore SYSLIB1054, IDE1006, CA2101
}
