#!/usr/bin/env bash
# Builds hub-image with the C compiler alone: the program that decodes what citizens send links libjpeg, libpng and libc.
# Usage: Scripts/build-image.sh OUT
set -euo pipefail
out="${1:?usage: $0 OUT}"
cd "$(dirname "$0")/.."
mkdir -p "$(dirname "$out")"
# Written beside and renamed: those that run keep the file they began with.
new="$out.new.$$"
trap 'rm -f "$new"' EXIT
"${CC:-cc}" -std=c11 -O2 -g -Wall -Wextra -Wpedantic -Werror -D_FORTIFY_SOURCE=2 -fstack-protector-strong -fPIE -pie \
    -Wl,-z,relro,-z,now -o "$new" Sources/hub-image/*.c $(pkg-config --cflags --libs libjpeg libpng)
mv -f "$new" "$out"
