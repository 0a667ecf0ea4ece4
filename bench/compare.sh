#!/usr/bin/env bash
# Compares a running cluster of two nodes, relay and redis-server with a two-node nats-server, in turns, and prints the median ratios.
# Needs redis-server and nats-server. Usage: bench/compare.sh [RUNS=5] [WINDOWS="1 16 64"] [PATTERN=cross]
set -euo pipefail
cd "$(dirname "$0")/.."
runs=${1:-5} windows=${2:-"1 16 64"} pattern=${3:-cross}
seconds=${SECONDS_EACH:-4}
work=$(mktemp -d)
started=()
stop() {
  for pid in "${started[@]}"; do kill "$pid" 2>/dev/null || true; done
  wait 2>/dev/null || true
  rm -rf "$work"
}
trap stop EXIT
start() { "$@" >"$work/log.${#started[@]}" 2>&1 & started+=($!); }
ready() { for _ in $(seq 300); do grep -q "$2" "$work/log.$1" && return; sleep 0.1; done; echo "process $1 is not ready:"; cat "$work/log.$1"; exit 1; }

for project in src/Node src/Relay bench/Load; do dotnet build -c Release -v q --nologo "$project" >"$work/build" 2>&1 || { cat "$work/build"; exit 1; }; done
bin() { echo "$1/bin/Release/net10.0/ChatAkka.$(basename "$1")"; }

start redis-server --port 7400 --bind 127.0.0.1 --save "" --dir "$work"
ready 0 "Ready to accept"
start "$(bin src/Relay)" --redis 127.0.0.1:7400 --cluster 127.0.0.1:7401 --pbm off
start "$(bin src/Node)" --redis 127.0.0.1:7400 --join 127.0.0.1:7401 --cluster 127.0.0.1:7402 --pbm off --listen 127.0.0.1:7501
start "$(bin src/Node)" --redis 127.0.0.1:7400 --join 127.0.0.1:7401 --cluster 127.0.0.1:7403 --pbm off --listen 127.0.0.1:7502
start nats-server -a 127.0.0.1 -p 7601 --cluster nats://127.0.0.1:7701 --cluster_name bench
start nats-server -a 127.0.0.1 -p 7602 --cluster nats://127.0.0.1:7702 --cluster_name bench --routes nats://127.0.0.1:7701
ready 2 "through the relay"
ready 3 "through the relay"
chatakka="${started[0]},${started[1]},${started[2]},${started[3]}"
nats="${started[4]},${started[5]}"

measure() { # protocol nodes pids window
  "$(bin bench/Load)" --protocol "$1" --nodes "$2" --pids "$3" --window "$4" --pattern "$pattern" --users 200 --seconds "$seconds" --warm-up 1 2>/dev/null >"$work/run" \
    || { cat "$work/run"; echo "something went wrong: see above"; exit 1; }
  awk '/^throughput/ { t = $2 } /a chat$/ { c = $5 } END { print t, c }' "$work/run"
}

# What is compiled while it runs gets a run that does not count.
measure chatakka 127.0.0.1:7501,127.0.0.1:7502 "$chatakka" 16 >/dev/null
echo "pattern $pattern; chats/s and us of CPU in all server processes a chat"
for window in $windows; do
  : >"$work/ratios"
  for run in $(seq "$runs"); do
    ours=$(measure chatakka 127.0.0.1:7501,127.0.0.1:7502 "$chatakka" "$window")
    theirs=$(measure nats 127.0.0.1:7601,127.0.0.1:7602 "$nats" "$window")
    echo "$ours $theirs" | awk -v w="$window" -v r="$run" -v out="$work/ratios" '{
      printf "in flight %-3s run %s  chatakka %7d/s %6.2f us   nats %7d/s %6.2f us   ratio %.2f  CPU %.2f\n", w, r, $1, $2, $3, $4, $1 / $3, $2 / $4
      print $1 / $3, $2 / $4 >> out }'
  done
  median() { sort -n -k"$1" "$work/ratios" | awk -v k="$1" '{ v[NR] = $k } END { printf "%.2f", v[int((NR + 1) / 2)] }'; }
  echo "in flight $window: median ratio $(median 1), CPU $(median 2)"
done
