#!/usr/bin/env bash
# Generates Sources/CHubClient/Generated from Protos/ and writes the stamp that `make check` compares. Generating needs
# protobuf-c-compiler and libprotobuf-dev; building the C client does not.
# Usage: Scripts/c-protos.sh generate | check
set -euo pipefail
cd "$(dirname "$0")/.."
out=Sources/CHubClient/Generated
# What departments' programs call, and what the library itself needs.
protos() { ls Protos/hub/v1/{frame,status,error,text,case,definition,diagnostics,interop,conformance,money,notice,organisation,paper,register,inquiry,survey,appointment}.proto Protos/layanan/v1/*.proto Protos/grpc/health/v1/*.proto; }
stamp() { { protos | LC_ALL=C sort | xargs sha256sum; sha256sum Scripts/c-protos.sh; } | sha256sum | cut -d' ' -f1; }
case "${1:-}" in
generate)
    command -v protoc-c >/dev/null || { echo "apt-get install protobuf-c-compiler libprotobuf-dev" >&2; exit 1; }
    # protoc-c 1.4 does not know `optional` of proto3; a oneof of one field is the same on the wire and keeps presence.
    copy=$(mktemp -d)
    trap 'rm -rf "$copy"' EXIT
    for proto in $(protos); do
        mkdir -p "$copy/$(dirname "${proto#Protos/}")"
        sed -E 's/^( +)optional ([a-z0-9]+) ([a-z_0-9]+) = ([0-9]+);/\1oneof has_\3 { \2 \3 = \4; }/' "$proto" \
            > "$copy/${proto#Protos/}"
    done
    rm -rf "$out" && mkdir -p "$out"
    (cd "$copy" && protoc-c -I . -I /usr/include --c_out="$OLDPWD/$out" google/protobuf/any.proto \
        $(find . -name '*.proto' -printf '%P\n' | LC_ALL=C sort))
    stamp > "$out/STAMP" ;;
check)
    if [ "$(stamp)" != "$(cat "$out/STAMP")" ]; then
        echo "Sources/CHubClient/Generated does not belong to Protos/: run make protos" >&2
        exit 1
    fi ;;
*) echo "usage: $0 generate|check" >&2; exit 2 ;;
esac
