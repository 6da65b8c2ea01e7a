#!/usr/bin/env bash
# The gate: formatting, generated code, floors, house rules. Prints every finding, exits 1 if there is one.
set -uo pipefail
cd "$(dirname "$0")/.."
failed=0
step() {
    printf '%-40s' "$1"
    shift
    if output=$("$@" 2>&1); then echo ok; else
        echo FAILED
        printf '%s\n' "$output" | tail -60
        failed=1
    fi
}
own() { git ls-files --cached --others --exclude-standard "$@" | grep -v '^Sources/HubProto/Generated/'; }
format() { own '*.swift' | xargs swift-format lint --strict --parallel --configuration .swift-format; }
shell() { own '*.sh' '.ci/run' | xargs -n1 bash -n; }
step "swift-format lint" format
step "generated code belongs to Protos" Scripts/protos.sh check
step "generated C belongs to Protos" Scripts/c-protos.sh check
step "typed calls belong to Protos" python3 Scripts/stubs.py check
step "shell scripts parse" shell
step "imports go down only" python3 Scripts/floors.py
step "house rules" python3 Scripts/tidy.py
step "figures are judged as the aims say" python3 -m unittest discover -s Benchmarks
step "build, imports declared" swift build --explicit-target-dependency-import-check error
exit $failed
