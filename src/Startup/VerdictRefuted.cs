namespace ChatAkka.Startup;

/// <summary>An event: something came from an address whose process had counted as ended. It is published on the event stream of the actor system.</summary>
/// <param name="Address">The address as Akka writes it.</param>
internal sealed record VerdictRefuted(string Address);
