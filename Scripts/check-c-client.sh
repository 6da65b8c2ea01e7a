#!/usr/bin/env bash
# The C client under AddressSanitizer with UndefinedBehaviorSanitizer, and under valgrind: its own tests, the conformance
# kit's calls and the example, against a hub of its own. Needs `make build`. Ends with 1 at the first finding.
set -euo pipefail
cd "$(dirname "$0")/.."
build=$PWD/.build/debug
command -v valgrind >/dev/null || { echo "apt-get install valgrind" >&2; exit 1; }
Scripts/build-c-client.sh "$build"
Scripts/build-c-client.sh "$build/checked" checked
place=$(mktemp -d)
hub=
trap '[ -z "$hub" ] || kill "$hub"; rm -rf "$place"' EXIT

# Programs of the same names that run the plain ones under valgrind: any error, also a leak, is exit code 99.
for name in c-client-tests hub-call hub-conformance-client; do
    printf '#!/bin/sh\nexec valgrind -q --error-exitcode=99 --leak-check=full %s "$@"\n' "$build/$name" > "$place/$name"
    chmod +x "$place/$name"
done
"$build/hubctl" init --state "$place/state" >/dev/null
"$build/hubd" --state "$place/state" --listen 127.0.0.1:0 >"$place/log" 2>&1 &
hub=$!
for _ in $(seq 200); do [ -s "$place/state/address" ] && break; sleep 0.1; done
connection=(--address "$(tr -d '[:space:]' < "$place/state/address")" --cert "$place/state/admin.pem"
    --key "$place/state/admin.key" --ca "$place/state/ca.pem")

# The long soak is left to the sanitizers: valgrind makes it minutes.
quick=()
for id in $("$build/hubctl" conformance --list --kind positive | grep -E '/(unary|stream|services|upload)/' | sed -E 's|.*/([a-z0-9_]+) .*|\1|'); do
    [ "$id" = rpc_soak ] || quick+=(--case "$id")
done
for tool in "$build/checked" "$place"; do
    echo "== $([ "$tool" = "$place" ] && echo valgrind || echo sanitizers)"
    "$tool/c-client-tests" | tail -1
    [ "$tool" = "$place" ] && cases=("${quick[@]}") || cases=()
    "$build/hubctl" conformance --client "$tool/hub-conformance-client" "${cases[@]}" "${connection[@]}" | grep -v '^ok '
    "$tool/hub-call" "${connection[@]}" echo "halo"
    # A case that nobody has: an error with its texts.
    if "$tool/hub-call" "${connection[@]}" show ADU-2026-999999-0 2>"$place/said"; then exit 1; fi
    grep -q '^E4002' "$place/said"
done
echo "no finding"
