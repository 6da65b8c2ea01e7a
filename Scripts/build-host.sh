#!/usr/bin/env bash
# Builds hub-module-host, and hub-image beside it, with the C compiler alone, because SwiftPM links libswiftCore into every
# executable.
# Usage: Scripts/build-host.sh OUT
set -euo pipefail
out="${1:?usage: $0 OUT}"
cd "$(dirname "$0")/.."
mkdir -p "$(dirname "$out")"
# Written beside and renamed: hosts that run keep the file they began with.
new="$out.new.$$"
trap 'rm -f "$new"' EXIT
"${CC:-cc}" -std=c11 -O2 -g -Wall -Wextra -Wpedantic -Werror -D_FORTIFY_SOURCE=2 -fstack-protector-strong -fPIE -pie \
    -Wl,-z,relro,-z,now -I Sources/CHubModule/include -o "$new" Sources/hub-module-host/*.c -ldl -lpthread
mv -f "$new" "$out"
# What decodes images stands beside it.
exec Scripts/build-image.sh "$(dirname "$out")/hub-image"
