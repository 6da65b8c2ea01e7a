#!/usr/bin/env bash
# Durable submits, many cases, memory and start, each beside its limit on this machine. Usage: ledger.sh RAW
# Appends raw lines to RAW. At most 15 minutes. Scripts/bench.sh says which variables it obeys.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD raw=$1
cases=${BENCH_CASES:-100000} rounds=${BENCH_ROUNDS:-5} length=${BENCH_SECONDS:-3} few=1000
programs=${BENCH_PROGRAMS:-$root/.build/release}
build=$root/.build/bench
budget=780 # seconds after which the large ledger is taken as it is

mkdir -p "$build"
work=$(mktemp -d "$build/run.XXXXXX")
hub=
cleanup() {
    stop_hub
    rm -rf "$work"
}
trap cleanup EXIT
trap 'exit 130' INT TERM

if [ "$(nproc)" -ge 2 ]; then
    on_hub=(taskset -c 0) on_client=(taskset -c 1)
else
    on_hub=() on_client=()
fi

say() { printf '%s\n' "$*" >&2; }
emit() { # emit NAME ROUND FIGURES: one raw line; nothing measured ends the run
    [ -n "$3" ] || { say "$1 was not measured"; exit 1; }
    printf '{"name":"%s","round":%d,"figures":%s}\n' "$1" "$2" "$3" >>"$raw"
    say "  $1: $(python3 -c '
import json, sys
figures = json.loads(sys.argv[1])
keys = ("rate", "p50_us", "p99_us", "errors", "millis", "total_bytes")
print(", ".join(f"{key} {figures[key]}" for key in keys if key in figures))' "$3")"
}

# ---- the hub
start_hub() { # start_hub STATE: starts it and waits until it serves; sets hub (pid) and millis
    local began
    began=$(date +%s%N)
    : >"$work/hub.out"
    "${on_hub[@]}" "$programs/hubd" --state "$1" --listen 127.0.0.1:0 >"$work/hub.out" 2>"$work/hub.err" &
    hub=$!
    until grep -q 'serves on' "$work/hub.out"; do
        kill -0 "$hub" 2>/dev/null || { hub=; cat "$work/hub.err" >&2; exit 1; }
        [ $(($(date +%s%N) - began)) -lt 60000000000 ] || { say "hubd does not serve after a minute"; exit 1; }
        sleep 0.002
    done
    millis=$((($(date +%s%N) - began) / 1000000))
}
stop_hub() {
    [ -n "$hub" ] || return 0
    kill -TERM "$hub" 2>/dev/null || true
    wait "$hub" 2>/dev/null || true
    hub=
}
new_state() { # new_state NAME: prints its path
    "$programs/hubctl" init --state "$work/$1" >/dev/null
    echo "$work/$1"
}
memory() { # proportional set size of hub and hosts, in bytes
    python3 - "$hub" <<'P'
import json, pathlib, sys
def pss(pid):
    rollup = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return 1024 * next(int(line.split()[1]) for line in rollup if line.startswith("Pss:"))
def parent(pid):
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1]
    except FileNotFoundError:
        return ""
hosts = [p.name for p in pathlib.Path("/proc").glob("[0-9]*") if parent(p.name) == sys.argv[1]]
hub, children = pss(sys.argv[1]), [pss(pid) for pid in hosts]
print(json.dumps({"hub_bytes": hub, "hosts_bytes": children, "total_bytes": hub + sum(children)}))
P
}

# ---- measurements: each prints one JSON line and fails when an answer was wrong
ctl() { timeout 300 "${on_client[@]}" "$programs/hubctl" bench "$@" -o json; }
submit_run() { ctl submit --service izin-usaha --in-flight "$2" --seconds "${3:-$length}" --state "$1"; }
submit_count() { ctl submit --service izin-usaha --in-flight "$2" --count "$3" --state "$1"; }
list_run() { timeout 120 "${on_client[@]}" python3 Benchmarks/list_pages.py "$1" 300; }
limit_submit() {
    rm -f "$work"/limit.sqlite*
    timeout 120 "${on_hub[@]}" "$build/limit-submit" "$work/limit.sqlite" "$work/schema.sql" "$work/rows.tsv" "$1" "$length"
    rm -f "$work"/limit.sqlite*
}
limit_fsync() { timeout 60 "${on_hub[@]}" "$build/limit-fsync" "$work/limit.fsync" 4096 "$length"; }

say "building the limits"
for program in limit-fsync limit-submit; do
    cc -O2 -Wall -Wextra -Werror "Benchmarks/$program.c" -o "$build/$program" -lsqlite3 -lpthread
done

say "measuring what a submit writes"
state=$(new_state shape)
start_hub "$state"
submit_count "$state" 16 1000 >/dev/null
stop_hub
python3 Benchmarks/ledger_shape.py "$state/ledger.sqlite" "$work/schema.sql" "$work/rows.tsv"
rm -rf "$state"

for round in $(seq "$rounds"); do
    say "round $round of $rounds"
    state=$(new_state "round$round")
    start_hub "$state"
    emit start-empty "$round" "{\"millis\":$millis}"
    emit limit-fsync "$round" "$(limit_fsync)"
    for in_flight in 1 16 64; do
        emit "submit-$in_flight" "$round" "$(submit_run "$state" "$in_flight")"
        [ "$in_flight" = 16 ] || emit "limit-submit-$in_flight" "$round" "$(limit_submit "$in_flight")"
    done
    stop_hub
    rm -rf "$state"
done

cost() { # cost few|many: what a submit and a list page cost now
    for round in 1 2 3; do
        emit "submit-$1-1" "$round" "$(submit_count "$state" 1 200)"
        emit "submit-$1-64" "$round" "$(submit_count "$state" 64 1000)"
        emit "list-$1" "$round" "$(list_run "$state")"
    done
}
say "$few cases"
state=$(new_state large)
start_hub "$state"
sleep 1
emit memory-idle 1 "$(memory)"
submit_count "$state" 64 "$few" >/dev/null
cost few
stored=$((few + 3 * 1200))
say "$cases cases"
while [ "$stored" -lt "$cases" ]; do
    [ "$SECONDS" -lt "$budget" ] || { say "time is up at $stored cases"; break; }
    chunk=$((cases - stored < 10000 ? cases - stored : 10000))
    submit_count "$state" 64 "$chunk" >/dev/null
    stored=$((stored + chunk))
done
cases=$stored
cost many
emit memory-full 1 "$(memory)"
for round in 1 2 3; do
    stop_hub
    start_hub "$state"
    emit start-full "$round" "{\"millis\":$millis}"
done
stop_hub

emit ledger 0 "{\"cases\":$cases,\"few\":$few}"
