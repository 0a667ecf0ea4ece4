using ChatAkka.Node.Sessions;
using ChatAkka.Sessions;
using CsCheck;

namespace ChatAkka.Node.Tests;

/// <summary>When a node gives signs of life, and what follows from the answers.</summary>
public class AttendanceSpecs
{
    [Fact]
    public void Should_restore_all_sessions_after_every_failure_of_the_registry_and_ask_one_question_at_a_time() =>
        Gen.Int[0, 7].Array[1, 40].Sample(events =>
        {
            var attendance = new Attendance();
            var (isAsking, mayHaveLost, isStopped, isFenced) = (false, false, false, false);
            foreach (var what in events)
            {
                switch (what)
                {
                    case 0 or 1:
                        attendance.TryBegin().ShouldBe(!isAsking && !isStopped);
                        isAsking |= !isStopped;
                        break;
                    case 2 when isAsking:
                        attendance.Answered(new AttendOutcome.Known()).ShouldBe(mayHaveLost ? AttendanceStep.RestoreAll : AttendanceStep.Compare);
                        (isAsking, mayHaveLost) = (false, false);
                        break;
                    case 3 when isAsking:
                        attendance.Answered(new AttendOutcome.Added()).ShouldBe(AttendanceStep.RestoreAll, "the registry did not know this node");
                        (isAsking, mayHaveLost) = (false, false);
                        break;
                    case 4 when isAsking:
                        attendance.Answered(new AttendOutcome.Unavailable("away")).ShouldBe(AttendanceStep.None);
                        (isAsking, mayHaveLost) = (false, true);
                        break;
                    case 5 when isAsking:
                        attendance.Answered(new AttendOutcome.Fenced()).ShouldBe(AttendanceStep.EndNode);
                        (isAsking, isFenced) = (false, true);
                        break;
                    case 6:
                        attendance.RegistryFailed();
                        mayHaveLost = true;
                        break;
                    case 7 when events.Length % 2 == 0:
                        attendance.Stop();
                        isStopped = true;
                        break;
                }

                attendance.IsAsking.ShouldBe(isAsking);
                attendance.IsFenced.ShouldBe(isFenced, "a node that was declared dead stays dead");
            }
        }, iter: 20_000);
}
