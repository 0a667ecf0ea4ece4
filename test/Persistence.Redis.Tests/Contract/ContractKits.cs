namespace ChatAkka.Persistence.Redis.Tests.Contract;

/// <summary>One actor system for each store, with the serializers and the event adapter that the contract suites need. Each case takes an entity of
/// its own.</summary>
/// <remarks>The suites ask for what Akka's own kit for plugins (Akka.Persistence.TCK) asks for, case by case, in our words: the package registry
/// does not serve that kit. Its cases are the methods of these suites, one for one; what we promise beyond them is in <see cref="JournalSpecs"/> and
/// <see cref="SnapshotStoreSpecs"/>.</remarks>
public sealed class ContractKits : IAsyncLifetime
{
    private static int s_last;
    private readonly StoresFixture _stores = new();
    private readonly Dictionary<string, Owned> _kits = [];

    /// <summary>Akka settings for the payloads of the contract suites.</summary>
    public static string Settings => $$"""
        akka.persistence.publish-plugin-commands = on
        akka.persistence.journal.redis {
          event-adapters.dotted = "{{Name<DottedAdapter>()}}"
          event-adapter-bindings { "{{Name<AdaptedDotted>()}}" = dotted }
        }
        akka.actor {
          serializers {
            typed = "{{Name<TypedDottedSerializer>()}}"
            named = "{{Name<NamedDottedSerializer>()}}"
            addressed = "{{Name<AddressedSerializer>()}}"
          }
          serialization-bindings {
            "{{Name<TypedDotted>()}}" = typed
            "{{Name<AdaptedDotted>()}}" = typed
            "{{Name<NamedDotted>()}}" = named
            "{{Name<Addressed>()}}" = addressed
          }
        }
        """;

    /// <summary>Gives the system of a store.</summary>
    public PluginKit Kit(string store)
    {
        if (!_kits.TryGetValue(store, out var owned))
            _kits[store] = owned = new Owned(new PluginKit(_stores.Connection(store), $"test-{Guid.NewGuid():N}:", more: Settings));
        return owned.Kit;
    }

    /// <summary>Name of an entity that no other case has.</summary>
    public static string NewId() => $"p-{Interlocked.Increment(ref s_last)}";

    /// <inheritdoc/>
    public Task InitializeAsync() => _stores.InitializeAsync();

    /// <inheritdoc/>
    public Task DisposeAsync()
    {
        foreach (var kit in _kits.Values)
            kit.Dispose();
        return _stores.DisposeAsync();
    }

    private static string Name<T>() => $"{typeof(T).FullName}, {typeof(T).Assembly.GetName().Name}";
}
