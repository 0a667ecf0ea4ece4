#!/usr/bin/env bash
# Builds everything and runs all tests: first the projects that start few processes, two at a time, and then those that start clusters, one after the other.
# Prints at the end how many passed and failed, and ends with exit code 1 if something failed or was not run. Tests whose tools are missing are skipped with a reason.
set -uo pipefail
cd "$(dirname "$0")/.."
log=$(mktemp)
trap 'rm -f "$log"' EXIT
status=0

# Warnings are errors.
if ! dotnet build; then
  echo "Passed: 0 passed, 1 failed"
  exit 1
fi

dotnet test test/Light.slnf --no-build -m:2 2>&1 | tee -a "$log"
[ "${PIPESTATUS[0]}" -eq 0 ] || status=1
for project in Cluster Chaos Management; do
  dotnet test "test/$project.Tests" --no-build 2>&1 | tee -a "$log"
  [ "${PIPESTATUS[0]}" -eq 0 ] || status=1
done

sum() { sed -n "s/.*Failed: *[0-9]*, Passed: *[0-9]*, Skipped: *[0-9]*,.*/&/; s/.*$1: *\([0-9]*\),.*/\1/p" "$log" | awk '{ n += $1 } END { print n + 0 }'; }
passed=$(sum Passed) failed=$(sum Failed) skipped=$(sum Skipped)

# Each project says so in one line.
ran=$(grep -c 'Failed: *[0-9]*, Passed: *[0-9]*,' "$log")
if [ "$ran" -ne "$(ls -d test/*.Tests | wc -l)" ]; then
  echo "$ran of the test projects ran: put a new one into test/Light.slnf, or into the list above"
  status=1
fi

if [ "$skipped" -ne 0 ]; then
  echo "$skipped tests were skipped"
  [ -z "${NOTHING_SKIPPED:-}" ] || status=1
fi

[ "$passed" -ne 0 ] || status=1
echo "Passed: $passed passed, $failed failed"
exit "$status"
