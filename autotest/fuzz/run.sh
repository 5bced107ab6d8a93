#!/usr/bin/env bash
# Fuzzes what parses the text of others: run.sh [--full] [SECONDS] [--keep]
# SECONDS of processor time (60; 600 with --full) for all fuzzers together. What is found stays in build-fuzz/findings/.
# ../shared's documents, where there are any, are seeds too, but not with --keep, which makes the corpora beside this
# script anew: the seeds written by hand (*.json, *.xml) and the fewest of the inputs found that reach as much code.
set -euo pipefail

root=$(unset CDPATH; cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd -P)
cd "$root"
fuzz=autotest/fuzz build=build-fuzz seconds=60 keep=
for argument in "$@"; do
    case $argument in
        --full) seconds=600 ;;
        --keep) keep=yes ;;
        *[!0-9]* | '') echo "usage: run.sh [--full] [SECONDS] [--keep]" >&2; exit 2 ;;
        *) seconds=$argument ;;
    esac
done

fresh=()
grep -qsxF "CMAKE_HOME_DIRECTORY:INTERNAL=$root" $build/CMakeCache.txt || fresh=(--fresh)
cmake --preset fuzz "${fresh[@]}" >/dev/null
cmake --build --preset fuzz
export UBSAN_OPTIONS=print_stacktrace=1

# Of this script and all that it ran.
processor_seconds() { awk -v ticks="$(getconf CLK_TCK)" '{ print int(($16 + $17) / ticks) }' /proc/$$/stat; }

# Whether the fuzzer stopped at an input that took its 10 s because the machine was busy: 10 s of the processor suffice.
was_waiting() { # FUZZER LOG
    local unit
    unit=$(sed -n 's/.*Test unit written to \(.*timeout-.*\)$/\1/p' "$2")
    [ -n "$unit" ] && (ulimit -t 10 && "$1" -timeout=1000 "$unit") >/dev/null 2>&1 && rm "$unit"
}

# libFuzzer counts seconds of the clock, which on a busy machine are fewer of the processor's.
fuzz() { # FUZZER CORPUS SECONDS SEED_FOLDER...
    local fuzzer=$1 name=$2 log=$build/$1.log found=$build/corpus/$2 end left
    end=$(($(processor_seconds) + $3))
    shift 3
    rm -rf "$found"
    mkdir -p "$found" $build/findings
    while left=$((end - $(processor_seconds))); [ $left -gt 0 ]; do
        "$build/autotest/fuzz/$fuzzer" "$found" "$fuzz/corpus/$name" "$@" "-dict=$fuzz/$name.dict" \
            "-artifact_prefix=$build/findings/" "-max_total_time=$left" -max_len=16384 -timeout=10 -rss_limit_mb=2048 \
            >"$log" 2>&1 || was_waiting "$build/autotest/fuzz/$fuzzer" "$log" || { tail -n 60 "$log"; return 1; }
        sed -n "s/.*DONE/$fuzzer: DONE/p" "$log"
    done
    [ -n "$keep" ] || return 0
    rm -rf "$build/merged"
    mkdir "$build/merged"
    "$build/autotest/fuzz/$fuzzer" -set_cover_merge=1 -use_counters=0 -max_len=16384 \
        "$build/merged" "$fuzz/corpus/$name" "$found" 2>&1 | tail -n 1
    find "$fuzz/corpus/$name" -type f ! -name '*.json' ! -name '*.xml' -delete
    find "$build/merged" -type f -exec cp -t "$fuzz/corpus/$name" {} +
}

shared=()
for folder in ../shared/spec/tms ../shared/spec/tiled-assets ../shared/data/stac; do
    [ -n "$keep" ] || [ ! -d "$folder" ] || shared+=("$folder")
done
fuzz item_fuzzer items $((seconds * 3 / 4)) ${shared[@]+"${shared[@]}"}
fuzz tree_fuzzer trees $((seconds / 4))
