#!/usr/bin/env bash
# What a release build stands: floods, hostile clients, GREASE, short deadlines, idle sessions, malformed input again and
# again; into Benchmarks/LOAD.md.
#   LOAD_ONLY      parts: floods hostile grease deadlines idle growth (all of them). What is left out keeps its newest run
#   LOAD_SECONDS   length of a flood; a pair takes a sixth of it twice (60)
#   LOAD_ROUNDS    interleaved pairs (5)
#   LOAD_REPEATS   repetitions of each malformed case (10000), within
#   LOAD_CASE_SECONDS  for each case (60)
#   LOAD_CASES     only these malformed cases
#   LOAD_SESSIONS  idle sessions (10000)
#   LOAD_PROGRAMS  folder of hubd and hubctl (.build/release)
#   PEERS_BUILD    folder of the built clients (.build/peers)
# Takes some 15 minutes for floods, 11 for hostile, 1 for grease, 1 for deadlines, 4 for idle, 60 for growth.
# Speaks on loopback only, writes below .build and Benchmarks/, and ends what it started, by process id.
set -euo pipefail
cd "$(dirname "$0")/.."
read -ra parts <<<"${LOAD_ONLY:-floods hostile grease deadlines idle growth}"
programs=${LOAD_PROGRAMS:-$PWD/.build/release}
export PEERS_BUILD=${PEERS_BUILD:-$PWD/.build/peers}
if [ "$(nproc)" -ge 2 ]; then pinning="hub and hosts on core 0, clients on core 1"; else pinning="everything on one core"; fi

mkdir -p "$PEERS_BUILD" Benchmarks/results
PEERS_BUILD=$(cd "$PEERS_BUILD" && pwd) programs=$(cd "$programs" && pwd)
work=$(mktemp -d "$PEERS_BUILD/raw.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

Benchmarks/Peers/build.sh common
python3 Benchmarks/facts.py "$work/run.jsonl" --pinning "$pinning" --rounds "${LOAD_ROUNDS:-5}" "${parts[@]/#/load-}"
(cd Benchmarks && exec python3 -m under_load.run "$work/run.jsonl" "${parts[@]}" --programs "$programs" \
    --build "$PEERS_BUILD" --seconds "${LOAD_SECONDS:-60}" --rounds "${LOAD_ROUNDS:-5}" \
    --repeats "${LOAD_REPEATS:-10000}" --case-seconds "${LOAD_CASE_SECONDS:-60}" --sessions "${LOAD_SESSIONS:-10000}" \
    ${LOAD_CASES:+--cases $LOAD_CASES})

file=$(python3 -c 'import json, sys; print(json.loads(open(sys.argv[1]).readline())["figures"]["file"])' "$work/run.jsonl")
mv "$work/run.jsonl" "Benchmarks/results/$file"
(cd Benchmarks && python3 -m under_load.report results/*.jsonl) >"$work/LOAD.md"
mv "$work/LOAD.md" Benchmarks/LOAD.md
echo "Benchmarks/LOAD.md written in $SECONDS s, from Benchmarks/results/$file" >&2
