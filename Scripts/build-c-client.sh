#!/usr/bin/env bash
# Builds the C client with the C compiler and pkg-config alone: libhubclient.a, hub-call, hub-conformance-client and
# c-client-tests. With `checked`, everything is built with AddressSanitizer and UndefinedBehaviorSanitizer.
# Usage: Scripts/build-c-client.sh FOLDER [checked]
set -euo pipefail
out="${1:?usage: $0 FOLDER [checked]}"
mkdir -p "$out"
out=$(cd "$out" && pwd)
cd "$(dirname "$0")/.."
source=Sources/CHubClient
flags=(-std=c11 -g -Wall -Wextra -Wpedantic -Wshadow -Werror -fstack-protector-strong -pthread
    -I "$source" -I "$source/include" -I "$source/Generated")
case "${2:-}" in
'') flags+=(-O2 -D_FORTIFY_SOURCE=2) ;;
checked) flags+=(-O1 -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all) ;;
*) echo "usage: $0 FOLDER [checked]" >&2; exit 2 ;;
esac
read -ra cflags < <(pkg-config --cflags openssl libprotobuf-c libzstd)
read -ra libraries < <(pkg-config --libs openssl libprotobuf-c libzstd)
work="$out/c-client${2:+-$2}.build"
mkdir -p "$work"
# The library first; objects are named after their path.
objects=()
compile() {
    for file in "$@"; do
        object="$work/$(echo "${file#Sources/}" | tr / _).o"
        objects+=("$object")
        # Everything includes headers of everything: one that changed builds all anew, which takes seconds.
        if [ ! -e "$object" ] || [ -n "$(find "$source" Tests/CHubClientTests -newer "$object" -name '*.[ch]' -print -quit)" ]; then
            printf '%s\0%s\0' "$object" "$file"
        fi
    done
}
build() { xargs -0 -r -n2 -P "$(nproc)" "${CC:-cc}" "${flags[@]}" "${cflags[@]}" -c -o; }
program() {
    local name=$1
    shift
    objects=()
    compile "$@" > "$work/list"
    build < "$work/list"
    "${CC:-cc}" "${flags[@]}" -o "$work/$name" "${objects[@]}" "$work/libhubclient.a" "${libraries[@]}"
    # Renamed: what runs keeps the file it began with.
    mv -f "$work/$name" "$out/$name"
}
compile "$source"/*.c $(find "$source/Generated" -name '*.c' | LC_ALL=C sort) > "$work/list"
build < "$work/list"
rm -f "$work/libhubclient.a"
ar rcs "$work/libhubclient.a" "${objects[@]}"
cp "$work/libhubclient.a" "$out/libhubclient.a"
program hub-call "$source"/example/*.c
program hub-conformance-client "$source"/conformance/*.c
program c-client-tests Tests/CHubClientTests/*.c
