using Akka.Actor;
using Akka.Cluster;
using Akka.TestKit.Xunit2;
using ChatAkka.Sessions;
using ChatAkka.TestSupport;

namespace ChatAkka.Startup.Tests;

public class ClusterEntrySpecs() : TestKit("""
    akka.loglevel = WARNING
    akka.actor.provider = cluster
    akka.remote.dot-netty.tcp { hostname = "127.0.0.1", port = 0 }
    """)
{
    private readonly FakeDirectory _directory = new();

    private bool IsUp => Cluster.Get(Sys).SelfMember.Status == MemberStatus.Up;

    [Fact]
    public async Task Should_found_at_once_where_the_store_is_its_own_and_knows_nobody()
    {
        _directory.IsOwn = true;
        Start(foundAfter: TimeSpan.FromMinutes(1));
        await Eventually.TrueAsync(() => IsUp, "it founded a cluster");
        await Eventually.TrueAsync(() => _directory.Confirmed > 0, "it says that the cluster lives");
    }

    [Fact]
    public async Task Should_give_members_that_live_time_to_speak_after_Redis_came_back()
    {
        _directory.Away = true;
        Start(foundAfter: TimeSpan.FromSeconds(1.5));
        await Task.Delay(2500);
        _directory.Away = false;
        await Task.Delay(700);
        _directory.Founded.ShouldBe(0, "it waits from when Redis is back, not from its start");
        await Eventually.TrueAsync(() => IsUp, "it founded a cluster");
    }

    [Fact]
    public async Task Should_not_found_a_second_cluster()
    {
        _directory.MayFound = false;
        Start(foundAfter: TimeSpan.Zero);
        await Eventually.TrueAsync(() => _directory.Founded > 2, "it asked");
        IsUp.ShouldBeFalse();
    }

    [Fact]
    public async Task Should_not_found_where_it_is_not_first_on_the_list()
    {
        Start(foundAfter: TimeSpan.Zero, new HostPort("127.0.0.1", FreePorts.Next()));
        await Eventually.TrueAsync(() => _directory.Looks > 2, "it looked");
        _directory.Founded.ShouldBe(0);
        IsUp.ShouldBeFalse();
    }

    private void Start(TimeSpan foundAfter, params HostPort[] join)
    {
        var probe = new CrashProbeSettings(3, TimeSpan.FromMilliseconds(50), TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(2));
        var settings = new ClusterSettings(new HostPort("127.0.0.1", 0), join, ["node"], foundAfter, probe);
        Sys.ActorOf(Props.Create(() => new ClusterEntryActor(settings, _directory, TimeProvider.System)));
    }

    private sealed class FakeDirectory : IClusterDirectory
    {
        private int _looks;
        private int _founded;
        private int _confirmed;

        public volatile bool Away;

        public bool MayFound { get; set; } = true;

        public bool IsOwn { get; set; }

        public int Looks => Volatile.Read(ref _looks);

        public int Founded => Volatile.Read(ref _founded);

        public int Confirmed => Volatile.Read(ref _confirmed);

        public Task<DirectoryOutcome> LookAsync(string address)
        {
            Interlocked.Increment(ref _looks);
            return Task.FromResult<DirectoryOutcome>(Away ? new DirectoryOutcome.Unavailable("away") : new DirectoryOutcome.Known([]));
        }

        public Task<bool> TryFoundAsync(string address)
        {
            Interlocked.Increment(ref _founded);
            return Task.FromResult(MayFound);
        }

        public Task ConfirmAsync(string address)
        {
            Interlocked.Increment(ref _confirmed);
            return Task.CompletedTask;
        }

        public Task LeaveAsync(string address) => Task.CompletedTask;
    }
}
