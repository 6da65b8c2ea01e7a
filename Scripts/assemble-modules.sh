#!/usr/bin/env bash
# Puts every bundle with its library into .build/CONFIGURATION/modules/, where hubd looks by default.
# Usage: Scripts/assemble-modules.sh debug|release
set -euo pipefail
cd "$(dirname "$0")/.."
build=.build/${1:?usage: $0 debug|release}
mkdir -p "$build/modules"
for plugin in Plugins/*/; do
    manifest=$plugin/bundle/manifest.yaml
    [ -f "$manifest" ] || continue
    id=$(sed -n 's/^id: *//p' "$manifest")
    library=$(sed -n 's/^library: *//p' "$manifest")
    new=$build/modules/.$id.new
    rm -rf "$new"
    cp -r "$plugin/bundle" "$new"
    if [ -n "$library" ]; then cp "$build/$library" "$new/$library"; fi
    chmod -R go-w "$new"
    # A hub that runs keeps its old files open; a new one finds either the old folder or the new one.
    rm -rf "$build/modules/.$id.old"
    if [ -d "$build/modules/$id" ]; then mv "$build/modules/$id" "$build/modules/.$id.old"; fi
    mv "$new" "$build/modules/$id"
    rm -rf "$build/modules/.$id.old"
done
