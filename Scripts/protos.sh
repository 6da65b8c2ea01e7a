#!/usr/bin/env bash
# Generates Sources/HubProto/Generated from Protos/ and writes the stamp that `make check` compares.
# Usage: Scripts/protos.sh generate | check
set -euo pipefail
cd "$(dirname "$0")/.."
out=Sources/HubProto/Generated
# What reflection shows; the protos with all they import, without comments.
descriptors=Sources/HubCore/Reflection/descriptors.binpb
stamp() {
    { find Protos -name '*.proto' | LC_ALL=C sort | xargs sha256sum
      grep -o 'swift-protobuf", from: "[^"]*"' Package.swift
      sha256sum Scripts/protos.sh
    } | sha256sum | cut -d' ' -f1
}
case "${1:-}" in
generate)
    command -v protoc >/dev/null || { echo "apt-get install protobuf-compiler" >&2; exit 1; }
    swift build --product protoc-gen-swift
    rm -rf "$out" && mkdir -p "$out"
    protoc -I Protos --plugin=protoc-gen-swift="$(swift build --show-bin-path)/protoc-gen-swift" \
        --swift_out="$out" --swift_opt=Visibility=Public --swift_opt=FileNaming=PathToUnderscores \
        $(find Protos -name '*.proto' | LC_ALL=C sort)
    protoc -I Protos --include_imports --descriptor_set_out="$descriptors" \
        $(find Protos -name '*.proto' | LC_ALL=C sort)
    stamp > "$out/STAMP" ;;
check)
    if [ "$(stamp)" != "$(cat "$out/STAMP")" ]; then
        echo "Sources/HubProto/Generated does not belong to Protos/: run make protos" >&2
        exit 1
    fi ;;
*) echo "usage: $0 generate|check" >&2; exit 2 ;;
esac
