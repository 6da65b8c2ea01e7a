#!/usr/bin/env bash
# Builds the peers and the load clients into PEERS_BUILD (default .build/peers). Usage: build.sh [PART...]
#   PART: common limits nats dbus grpc-cpp grpc-go swift durable (default: all of them)
# What was built from the same sources is left alone. A part that cannot be built is named, the others go on,
# and the exit code is 1. The Swift peers take some ten minutes the first time.
set -uo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
B=${PEERS_BUILD:-$here/../../.build/peers}
mkdir -p "$B/gen"
B=$(cd "$B" && pwd)

current() { # current PROGRAM SOURCE...: it is there and was made of these bytes
    local program=$1
    shift
    [ -x "$B/$program" ] && [ "$(sums "$@")" = "$(cat "$B/$program.made-of" 2>/dev/null)" ]
}
made() { # made PROGRAM SOURCE...: it was made just now
    local program=$1
    shift
    sums "$@" >"$B/$program.made-of"
}
sums() { cat "$@" | sha256sum; }
c() { # c PROGRAM "SOURCES" FLAGS...
    local program=$1 sources
    read -ra sources <<<"$2"
    sources=("${sources[@]/#/$here/}")
    shift 2
    current "$program" "${sources[@]}" "$here"/common/*.h && return 0
    cc -O2 -Wall -Wextra -Werror -D_GNU_SOURCE "${sources[@]}" -o "$B/$program" "$@" &&
        made "$program" "${sources[@]}" "$here"/common/*.h
}
build_common() {
    c cload "common/cload.c common/cload-peers.c common/cload-hub.c" -lssl -lcrypto && c idle common/idle.c -lssl -lcrypto &&
        c sessions common/sessions.c -lssl -lcrypto
}
build_limits() {
    local program
    for program in echo relay hub-echo; do c "c-$program" "limits/$program.c" -lssl -lcrypto || return 1; done
}
build_nats() { c nats-responder nats/responder.c -lssl -lcrypto; }
build_dbus() {
    local flags
    read -ra flags <<<"$(pkg-config --cflags --libs libsystemd)"
    c bus dbus/bus.c "${flags[@]}"
}
build_durable() { c sqlite-bench durable/sqlite.c -lsqlite3 && c fsync-bench durable/fsync.c; }
build_grpc-cpp() {
    local side sources flags
    read -ra flags <<<"$(pkg-config --cflags --libs grpc++ protobuf)"
    for side in server client; do
        sources=("$here/grpc-cpp/$side.cc" "$here/proto/echo.proto" "$here/common/bench.h")
        current "grpc-cpp-$side" "${sources[@]}" && continue
        protoc -I"$here/proto" --cpp_out="$B/gen" --grpc_out="$B/gen" \
            --plugin=protoc-gen-grpc="$(command -v grpc_cpp_plugin)" "$here/proto/echo.proto" || return 1
        g++ -O2 -std=c++17 -I"$B/gen" "$here/grpc-cpp/$side.cc" "$B/gen/echo.pb.cc" "$B/gen/echo.grpc.pb.cc" \
            -o "$B/grpc-cpp-$side" "${flags[@]}" || return 1
        made "grpc-cpp-$side" "${sources[@]}"
    done
}
build_grpc-go() {
    local packages # where Debian keeps Go sources
    current grpc-go "$here/grpc-go/main.go" && return 0
    packages=$(dpkg -L golang-google-grpc-dev | sed -n 's#/src/google.golang.org/grpc$##p') || return 1
    (cd "$here/grpc-go" && GO111MODULE=off GOPATH=$packages GOCACHE="$B/gocache" go build -o "$B/grpc-go" main.go) &&
        made grpc-go "$here/grpc-go/main.go"
}
build_swift() {
    local sources=("$here"/swift/Package.swift "$here"/swift/Sources/*/*.swift)
    current swift/release/nio-echo "${sources[@]}" && [ -x "$B/swift/release/grpc-echo" ] && return 0
    echo "building the Swift peers" >&2
    if (cd "$here/swift" && swift build -c release --scratch-path "$B/swift" >"$B/swift.log" 2>&1); then
        made swift/release/nio-echo "${sources[@]}"
    else
        tail -20 "$B/swift.log" >&2
        return 1
    fi
}
certificate() { # a throw-away certificate for the peers' servers; the private servers must be able to read its key
    [ -s "$B/cert.pem" ] && openssl x509 -checkend 86400 -noout -in "$B/cert.pem" >/dev/null && return 0
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$B/key.pem" -out "$B/cert.pem" \
        -days 365 -subj /CN=localhost -addext "subjectAltName=DNS:localhost,IP:127.0.0.1" 2>/dev/null &&
        chmod 644 "$B/key.pem"
}

certificate || exit 1
[ $# -gt 0 ] || set -- common limits nats dbus grpc-cpp grpc-go swift durable
failed=0
for part in "$@"; do
    if ! declare -F "build_$part" >/dev/null; then
        echo "no part is called $part" >&2
        exit 2
    fi
    if ! "build_$part"; then
        echo "not built: $part" >&2
        failed=1
    fi
done
exit $failed
