using Akka.Actor;
using ChatAkka.Runtime.Proof;

namespace ChatAkka.Runtime;

/// <summary>What all associations of a transport have in common.</summary>
/// <param name="MaxPayload">The longest payload in bytes.</param>
/// <param name="CloseGrace">How long an association that is being closed may take to send what waits.</param>
/// <param name="Time">The clock.</param>
/// <param name="OnClosed">Told of the end of an association.</param>
/// <param name="OnRefused">Told if the other side refuses this member: its address, and why.</param>
/// <param name="OnImpostor">Told if a member claims to be another one than it proved to be: its address.</param>
internal sealed record AssociationSettings(
    int MaxPayload,
    TimeSpan CloseGrace,
    TimeProvider Time,
    Action<MemberAssociation> OnClosed,
    Action<Address, Refusal> OnRefused,
    Action<Address> OnImpostor);
