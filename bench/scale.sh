#!/usr/bin/env bash
# Measures clusters of several sizes on this machine, through the relay and directly: chats a second, CPU a chat, the relay's share.
# Needs redis-server. Usage: bench/scale.sh [NODES="1 2 4 8"] [WINDOW=4] [USERS=400]
set -euo pipefail
cd "$(dirname "$0")/.."
sizes=${1:-"1 2 4 8"} window=${2:-4} users=${3:-400}
work=$(mktemp -d)
started=()
stop_all() {
  for pid in "${started[@]}"; do kill "$pid" 2>/dev/null || true; done
  wait 2>/dev/null || true
  started=()
}
trap 'stop_all; rm -rf "$work"' EXIT
start() { "$@" >"$work/log.${#started[@]}" 2>&1 & started+=($!); }
ready() { for _ in $(seq 600); do grep -q "$2" "$work/log.$1" && return; sleep 0.1; done; echo "process $1 is not ready:"; cat "$work/log.$1"; exit 1; }

for project in src/Node src/Relay bench/Load; do dotnet build -c Release -v q --nologo "$project" >"$work/build" 2>&1 || { cat "$work/build"; exit 1; }; done
bin() { echo "$1/bin/Release/net10.0/ChatAkka.$(basename "$1")"; }

for routing in relay direct; do
  for size in $sizes; do
    start redis-server --port 7400 --bind 127.0.0.1 --save "" --dir "$work"
    ready 0 "Ready to accept"
    start "$(bin src/Relay)" --redis 127.0.0.1:7400 --cluster 127.0.0.1:7401 --pbm off
    nodes=""
    for i in $(seq "$size"); do
      start env CHATAKKA__CHAT__ROUTING="$routing" "$(bin src/Node)" --redis 127.0.0.1:7400 --join 127.0.0.1:7401 --cluster "127.0.0.1:$((7410 + i))" --pbm off --listen "127.0.0.1:$((7500 + i))"
      nodes="$nodes,127.0.0.1:$((7500 + i))"
    done
    for i in $(seq "$size"); do ready $((i + 1)) "is ready"; done
    pids=$(IFS=,; echo "${started[*]}")
    load() { "$(bin bench/Load)" --nodes "${nodes#,}" --pids "$pids" --users "$users" --window "$window" --pattern "$([ "$size" = 1 ] && echo local || echo cross)" --seconds "$1" --warm-up 2 2>/dev/null >"$work/run" || { cat "$work/run"; exit 1; }; }
    load 4
    load 5
    awk -v size="$size" -v routing="$routing" -v relay="${started[1]}" '
      /^throughput/ { t = $2 } /^process/ { if ($2 == relay) r = $4; all += $4 } /a chat$/ { c = $5 }
      END { printf "%s, %d nodes: %7d chats/s  %6.2f us of CPU a chat, of it the relay %.2f us\n", routing, size, t, c, all ? c * r / all : 0 }' "$work/run"
    stop_all
  done
done
