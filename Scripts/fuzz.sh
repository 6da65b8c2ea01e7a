#!/usr/bin/env bash
# The decoders under libFuzzer and AddressSanitizer: `fuzz.sh run SECONDS [TARGET] | merge [TARGET] | coverage`.
# run    feeds each target for so many seconds, from Tests/Corpus on; a line for each, 1 when something was found.
# merge  takes those inputs of earlier runs into Tests/Corpus that reach something new, named by their verdict.
# coverage  says how much of each decoder's file the corpus reaches.
set -euo pipefail
cd "$(dirname "$0")/.."
# Its own handler of crashes would stand before libFuzzer's.
export SWIFT_BACKTRACE=enable=no
scratch=.build/fuzz
program=$scratch/release/hub-fuzz
# A merge takes no longer inputs: what is new is shown by a short one, too.
merge_bytes=512
# The files that take apart what somebody else sent or wrote.
decoders=(
    Sources/HubWire/{FrameHeader,FrameBytes,CallHead,CallMetadata,MessageJoiner,ReceiveWindow,StatusDetails}.swift
    Sources/HubWire/{ServerConnectionMachine,ServerConnectionMachine+Frames,ModuleLinkMachine}.swift
    Sources/HubServer/FrameDecoder.swift Sources/HubClient/ClientConnectionMachine{,+Frames}.swift
    Sources/HubCore/{Tracking/LogCursor,Calls/EchoRequest,Cases/CaseTransition}.swift
    Sources/HubCore/Catalogue/FormRules{,Values,Documents}.swift
    Sources/HubModules/Bundles/{YAMLAnchor,YAMLObject,FieldReader,RegisterReader,DefinitionReader,DefinitionRules,DefinitionRules+Life,DefinitionRules+Registers,DefinitionRules+Bookings,OfficeReader}.swift
    Sources/HubModules/Bundles/{TableReader,Name}.swift Sources/HubDomain/Text/CSVReader.swift
    Sources/HubDomain/Text/{Base45,PlaceholderText,PrintableText}.swift Sources/HubCore/Documents/PaperSealText.swift
    Sources/HubModules/Bundles/PaperReader.swift
    Sources/HubDomain/Money/{EMVObject,QRISReader,QRISLimits,QRISWriter}.swift
    Sources/HubDomain/Cases/{CaseNumber,CaseID}.swift Sources/HubTrust/{PrincipalName,PrincipalReader}.swift
    Sources/HubTrust/CertificateRequest.swift Sources/hubd/{HubConfiguration,PolicyFile}.swift
)

# What is built besides: nothing for libFuzzer, or `coverage` for llvm-cov.
build() {
    mkdir -p $scratch
    # Optimised as hubd is, and with its traps; the flag for tests opens what other modules keep to themselves.
    HUB_FUZZ=${1:-fuzz} swift build -c release --scratch-path $scratch --sanitize=address -Xswiftc -enable-testing \
        --product hub-fuzz >$scratch.log 2>&1 || {
        grep -A5 'error:' $scratch.log >&2
        exit 1
    }
}

# Name and longest input of every target, or of the one that was named.
targets() { $program list | awk -v only="${1:-}" 'only == "" || $1 == only'; }

# The last number behind a word of libFuzzer's log.
figure() { grep -oE "$1[: ]+[0-9]+" "$2" | tail -1 | grep -oE '[0-9]+$' || echo 0; }

run() {
    local seconds=$1 found=0
    printf '%-20s %12s %8s %7s %9s %7s  %s\n' target runs runs/s edges features inputs found
    while read -r name longest; do
        local work=$scratch/work/$name
        mkdir -p "$work/inputs" "$work/found"
        local options=(-max_total_time="$seconds" -max_len="$longest" -timeout=5 -rss_limit_mb=2048)
        [ -f "Tests/Corpus/$name.dict" ] && options+=(-dict="Tests/Corpus/$name.dict")
        local outcome=-
        $program run "$name" "${options[@]}" -print_final_stats=1 -artifact_prefix="$work/found/" \
            "$work/inputs" "Tests/Corpus/$name" >"$work/log" 2>&1 </dev/null || {
            found=1
            outcome=$(grep -oE "Test unit written to .*" "$work/log" | sed 's/.* to //' | tail -1)
            outcome=${outcome:-"see $work/log"}
        }
        printf '%-20s %12s %8s %7s %9s %7s  %s\n' "$name" \
            "$(figure stat::number_of_executed_units "$work/log")" "$(figure stat::average_exec_per_sec "$work/log")" \
            "$(figure 'cov' "$work/log")" "$(figure 'ft' "$work/log")" "$(figure 'corp' "$work/log")" "$outcome"
    done < <(targets "${2:-}")
    return $found
}

merge() {
    while read -r name _; do
        local corpus=Tests/Corpus/$name merged
        [ -d "$scratch/work/$name/inputs" ] || continue
        merged=$(mktemp -d)
        cp "$corpus"/* "$merged"
        $program run "$name" -set_cover_merge=1 "$merged" "$scratch/work/$name/inputs" >/dev/null 2>&1
        for input in "$merged"/*; do
            local base
            base=$(basename "$input")
            if [ ! -e "$corpus/$base" ] && [ "$(stat -c %s "$input")" -le $merge_bytes ]; then
                cp "$input" "$corpus/$(ASAN_OPTIONS=detect_leaks=0 $program verdict "$name" "$input" | cut -d' ' -f1)-found_${base:0:8}"
            fi
        done
        rm -rf "$merged"
        echo "$name: $(find "$corpus" -type f | wc -l) inputs, $(du -sb "$corpus" | cut -f1) bytes"
    done < <(targets "${1:-}")
}

# Regions and lines of the decoders' files that the corpus reaches.
coverage() {
    local profiles=$scratch/work/profiles tools
    # Those of the compiler; others read other formats.
    tools=$(dirname "$(readlink -f "$(command -v swift)")")
    rm -rf "$profiles"
    export LLVM_PROFILE_FILE=$profiles/list.profraw
    while read -r name _; do
        LLVM_PROFILE_FILE=$profiles/$name.profraw ASAN_OPTIONS=detect_leaks=0 \
            $program verdict "$name" "Tests/Corpus/$name"/* >/dev/null
    done < <(targets)
    "$tools/llvm-profdata" merge -o "$profiles/all.profdata" "$profiles"/*.profraw
    "$tools/llvm-cov" report $program -instr-profile="$profiles/all.profdata" "${decoders[@]}" |
        awk 'NR == 1 || /swift|TOTAL/ { printf "%-62s %8s %8s\n", $1, NR == 1 ? "regions" : $4, NR == 1 ? "lines" : $10 }'
}

case ${1:-} in
run)
    build
    run "${2:-60}" "${3:-}"
    ;;
merge)
    build
    merge "${2:-}"
    ;;
coverage)
    build coverage
    coverage
    ;;
*)
    sed -n 2,5p "$0" >&2
    exit 64
    ;;
esac
