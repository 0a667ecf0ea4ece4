#!/usr/bin/env bash
# Compares a running cluster of two nodes, relay and redis-server with nats-server, in turns, and prints the median ratios.
# Needs redis-server and nats-server. Usage: bench/compare.sh [PATTERN=cross] [RUNS=5] [WINDOWS]
#   cross, local, mixed   chats of pairs who are online, beside two nats-servers                   WINDOWS "1 16 64"
#   away                  chats for users who are offline until stored, beside JetStream           WINDOWS "1 16"
#   acks                  chats until the recipient acknowledged them, beside JetStream            WINDOWS "1 16"
#   backlog               500 users log in and read 100 messages each, beside JetStream            WINDOWS "16", with which it is stored
# JetStream has file storage and one stream a run. Environment:
#   SECONDS_EACH=4        how long each run measures
#   COLD=1                each run gets servers that were just started, and is measured from its first chat
#   JETSTREAM_SERVERS=1   how many nats-servers with JetStream: 1, or 2 as a cluster
#   REDIS_ARGS=           more arguments for redis-server, for example "--appendonly yes"
#   BEFORE=DIR            another tree of ChatAkka, for example a worktree of an older commit: its servers take turns too
set -euo pipefail
cd "$(dirname "$0")/.."
pattern=${1:-cross} runs=${2:-5}
case $pattern in
  cross | local | mixed) default="1 16 64" rival=nats ;;
  away | acks) default="1 16" rival=jetstream ;;
  backlog) default=16 rival=jetstream ;;
  *) sed -n '2,/^set/{/^#/p}' "$0"; exit 2 ;;
esac
windows=${3:-$default}
seconds=${SECONDS_EACH:-4} cold=${COLD:-} jetstreams=${JETSTREAM_SERVERS:-1} before=${BEFORE:-}
work=$(mktemp -d)
declare -A pids=()
stop() { # names
  for name in "$@"; do kill "${pids[$name]}" 2>/dev/null || true; done
  for name in "$@"; do wait "${pids[$name]}" 2>/dev/null || true; unset "pids[$name]"; done
}
trap 'stop "${!pids[@]}"; rm -rf "$work"' EXIT
start() { local name=$1; shift; "$@" >"$work/$name.log" 2>&1 & pids[$name]=$!; }
ready() { for _ in $(seq 300); do grep -q "$2" "$work/$1.log" && return; sleep 0.1; done; echo "$1 is not ready:"; cat "$work/$1.log"; exit 1; }

for project in src/Node src/Relay bench/Load; do dotnet build -c Release -v q --nologo "$project" >"$work/build" 2>&1 || { cat "$work/build"; exit 1; }; done
[ -z "$before" ] || for project in src/Node src/Relay; do
  dotnet build -c Release -v q --nologo "$before/$project" >"$work/build" 2>&1 || { cat "$work/build"; exit 1; }
done
bin() { echo "$1/bin/Release/net10.0/ChatAkka.$(basename "$1")"; }

start_cluster() { # name, tree, first port
  local name=$1 tree=$2 port=$3
  # shellcheck disable=SC2086
  start "$name-redis" redis-server --port "$port" --bind 127.0.0.1 --save "" --dir "$work" ${REDIS_ARGS:-}
  ready "$name-redis" "Ready to accept"
  start "$name-relay" "$(bin "$tree/src/Relay")" --redis "127.0.0.1:$port" --cluster "127.0.0.1:$((port + 1))" --pbm off
  for i in 1 2; do
    start "$name-node$i" "$(bin "$tree/src/Node")" --redis "127.0.0.1:$port" --join "127.0.0.1:$((port + 1))" --cluster "127.0.0.1:$((port + 1 + i))" --pbm off --listen "127.0.0.1:$((port + 10 + i))"
  done
  for i in 1 2; do ready "$name-node$i" "through the relay"; done
  nodes[$name]=127.0.0.1:$((port + 11)),127.0.0.1:$((port + 12)) servers[$name]="$name-redis $name-relay $name-node1 $name-node2"
}
start_chatakka() { start_cluster chatakka . 7400; }
start_before() { start_cluster before "$before" 7450; }

start_nats() {
  local routed=(-a 127.0.0.1 --cluster_name bench --routes nats://127.0.0.1:7701)
  start nats1 nats-server "${routed[@]}" -p 7601 --cluster nats://127.0.0.1:7701
  start nats2 nats-server "${routed[@]}" -p 7602 --cluster nats://127.0.0.1:7702
  ready nats2 "Route connection created"
  nodes[nats]=127.0.0.1:7601,127.0.0.1:7602 servers[nats]="nats1 nats2"
}

start_jetstream() {
  nodes[jetstream]="" servers[jetstream]=""
  for i in $(seq "$jetstreams"); do
    local cluster=()
    [ "$jetstreams" = 1 ] || cluster=(--cluster "nats://127.0.0.1:770$i" --cluster_name bench --routes nats://127.0.0.1:7701,nats://127.0.0.1:7702)
    start "jetstream$i" nats-server -a 127.0.0.1 -p "760$i" --server_name "jetstream$i" -js -sd "$work/jetstream$i" "${cluster[@]}"
    nodes[jetstream]+=${nodes[jetstream]:+,}127.0.0.1:760$i servers[jetstream]+=" jetstream$i"
  done
  for i in $(seq "$jetstreams"); do ready "jetstream$i" "Server is ready"; done
}

pids_of() { local list=""; for name in ${servers[$1]}; do list+=,${pids[$name]}; done; echo "${list#,}"; }

restart() { # protocol
  # shellcheck disable=SC2086
  stop ${servers[$1]:-}
  rm -rf "$work"/jetstream?
  "start_$1"
}

measure() { # name of the servers, window; the result is in $work/NAME
  local more=() protocol=${1/before/chatakka}
  # What a run stored is read by its recipients, so that the next run finds empty mailboxes. A stream is deleted with its run anyway.
  case $protocol-$pattern in chatakka-away | chatakka-acks) more=(--read-back) ;; esac
  [ -z "$cold" ] || restart "$1"
  "$(bin bench/Load)" --protocol "$protocol" --nodes "${nodes[$1]}" --pids "$(pids_of "$1")" --window "$2" --pattern "$pattern" --seconds "$seconds" \
    --warm-up "$([ -z "$cold" ] && echo 1 || echo 0)" "${more[@]}" 2>"$work/progress" >"$work/run" || { cat "$work/progress" "$work/run"; echo "something went wrong: see above"; exit 1; }
  awk '/^throughput/ { t = $2 } /a chat$/ { c = $5 } END { print t, c }' "$work/run" >"$work/$1"
  # shellcheck disable=SC2086
  [ -z "$cold" ] || { stop ${servers[$1]}; servers[$1]=""; }
}

declare -A nodes=() servers=()
if [ -z "$cold" ]; then
  start_chatakka
  "start_$rival"
  # What is compiled while it runs gets a run that does not count.
  measure chatakka 16
  [ -z "$before" ] || { start_before; measure before 16; }
fi
echo "pattern $pattern${cold:+, cold}; chats/s and us of CPU in all server processes a chat"
for window in $windows; do
  : >"$work/figures"
  : >"$work/former"
  for run in $(seq "$runs"); do
    measure chatakka "$window"
    measure "$rival" "$window"
    [ -z "$before" ] || { measure before "$window"; paste -d ' ' "$work/before" "$work/$rival" | awk '{ print $1, $2, $1 / $3, $2 / $4 }' >>"$work/former"; }
    paste -d ' ' "$work/chatakka" "$work/$rival" | awk -v w="$window" -v r="$run" -v rival="$rival" -v out="$work/figures" '{
      printf "in flight %-3s run %s  chatakka %7d/s %6.2f us   %s %7d/s %6.2f us   ratio %.2f  CPU %.2f\n", w, r, $1, $2, rival, $3, $4, $1 / $3, $2 / $4
      print $1, $2, $3, $4, $1 / $3, $2 / $4 >> out }'
  done
  median() { sort -n -k"$1,$1" "$work/${3:-figures}" | awk -v k="$1" -v form="$2" '{ v[NR] = $k } END { printf form, v[int((NR + 1) / 2)] }'; }
  echo "in flight $window: medians chatakka $(median 1 %d)/s $(median 2 %.2f) us, $rival $(median 3 %d)/s $(median 4 %.2f) us; ratio $(median 5 %.2f), CPU $(median 6 %.2f)"
  [ -z "$before" ] || echo "in flight $window: medians before   $(median 1 %d former)/s $(median 2 %.2f former) us; ratio $(median 3 %.2f former), CPU $(median 4 %.2f former)"
done
