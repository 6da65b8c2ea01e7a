#!/usr/bin/env bash
# Figures of a release build, beside the peers and the limits of this machine, into Benchmarks/RESULTS.md and README.md.
#   BENCH_ONLY     parts: aims idle shapes ledger (all of them). Aims and ledger that are left out keep the figures of
#                  their newest run; idle and shapes are shown only when they ran together with the aims
#   BENCH_ROUNDS   interleaved rounds (5)
#   BENCH_SECONDS  length of one measurement (3)
#   BENCH_CASES    cases of the large ledger (100000)
#   BENCH_PROGRAMS folder of hubd and hubctl (.build/release)
#   PEERS_BUILD    folder of the built peers (.build/peers)
# Takes some 10 minutes for aims, 12 for idle, 10 for shapes, 15 for ledger. The first build of the peers takes 15 more.
# Speaks on loopback only, writes below .build and Benchmarks/, and ends what it started, by process id.
set -euo pipefail
cd "$(dirname "$0")/.."
read -ra parts <<<"${BENCH_ONLY:-aims idle shapes ledger}"
rounds=${BENCH_ROUNDS:-5} length=${BENCH_SECONDS:-3}
programs=${BENCH_PROGRAMS:-$PWD/.build/release}
export PEERS_BUILD=${PEERS_BUILD:-$PWD/.build/peers}
if [ "$(nproc)" -ge 2 ]; then pinning="hub and hosts on core 0, client on core 1"; else pinning="everything on one core"; fi

mkdir -p "$PEERS_BUILD" Benchmarks/results
work=$(mktemp -d "$PEERS_BUILD/raw.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

calls=()
for part in "${parts[@]}"; do
    case $part in
        aims | idle | shapes) calls+=("$part") ;;
        ledger) ;;
        *)
            echo "BENCH_ONLY: no part is called $part" >&2
            exit 2
            ;;
    esac
done
if [ ${#calls[@]} -gt 0 ]; then
    # A peer that cannot be built is named in its rows; the others are measured.
    Benchmarks/Peers/packages.sh || true
    Benchmarks/Peers/build.sh common limits nats dbus grpc-cpp grpc-go swift || true
fi
python3 Benchmarks/facts.py "$work/run.jsonl" --pinning "$pinning" --rounds "$rounds" "${parts[@]}"
for part in "${parts[@]}"; do
    [ "$part" != ledger ] || Benchmarks/ledger.sh "$work/run.jsonl"
done
if [ ${#calls[@]} -gt 0 ]; then
    python3 Benchmarks/measure.py "$work/run.jsonl" "${calls[@]}" --programs "$programs" --build "$PEERS_BUILD" \
        --rounds "$rounds" --seconds "$length"
fi

file=$(python3 -c 'import json, sys; print(json.loads(open(sys.argv[1]).readline())["figures"]["file"])' "$work/run.jsonl")
mv "$work/run.jsonl" "Benchmarks/results/$file"
python3 Benchmarks/results.py Benchmarks/results/*.jsonl >"$work/RESULTS.md"
mv "$work/RESULTS.md" Benchmarks/RESULTS.md
python3 Benchmarks/results.py --readme README.md Benchmarks/results/*.jsonl
echo "Benchmarks/RESULTS.md written in $SECONDS s, from Benchmarks/results/$file" >&2
