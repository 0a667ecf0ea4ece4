#!/usr/bin/env bash
# Says where a running process spends its processor time, by stage. Needs perf, and a process that was started with
# DOTNET_PerfMapEnabled=1 DOTNET_EnableWriteXorExecute=0. Usage: bench/profile.sh PID [SECONDS=5]
set -euo pipefail
data=$(mktemp)
trap 'rm -f "$data"' EXIT
perf record -e cpu-clock -F 2999 -p "$1" -o "$data" sleep "${2:-5}" >/dev/null 2>&1
perf report -i "$data" --sort sym --stdio 2>/dev/null | grep -E '^ +[0-9.]+%' | awk '
  function stage(s) {
    if (s ~ /^\[k\]/) return s ~ /tcp|inet|ip_|sock|skb|net|dev_|loopback|eth|__copy|_copy|sendto|recvfrom|neigh|xmit/ ? "kernel: network" : s ~ /sched|switch|futex|wake|epoll|ep_|rseq|spin|exit_to_user/ ? "kernel: threads and polling" : "kernel: other"
    if (s ~ /LineFramer|LineBatch|ReadBuffer/) return "framing"
    if (s ~ /CommandParser|CommandReader|Utf8JsonReader|Text\.Json|ConnectionActor|ClientCommands|ChatIntake/) return "parsing and handling a line"
    if (s ~ /RouteTable|Route::|UserName|ConcurrentDictionary/) return "look-up"
    if (s ~ /Links\.|Internode|LinkBody|LinkEntry/) return "link"
    if (s ~ /ChatAkka\.Relay/) return "relay"
    if (s ~ /Outbound|DeliveryWriter|DeliveryTemplate|Utf8Buffer|Answers/) return "write"
    if (s ~ /SocketStage|ConnectionStage|Akka\.Streams/) return "stream stages"
    if (s ~ /System\.Net\.Sockets|SystemNative|recv|send|epoll/) return "sockets in .NET"
    if (s ~ /Akka\.Remote|Protobuf|Remoting/) return "Akka.Remote"
    if (s ~ /Akka|ChatAkka\.Startup/) return "actors"
    if (s ~ /ThreadPool|Threading|futex|pthread|clock_gettime/) return "threads"
    return "runtime and other"
  }
  { percent = $1; sub(/%/, "", percent); symbol = $0; sub(/^ +[0-9.]+% +/, "", symbol); sum[stage(symbol)] += percent }
  END { for (name in sum) printf "%5.1f %%  %s\n", sum[name], name }' | sort -rn
