#!/usr/bin/env bash
# Fuzzes what parses the text of others: run.sh [--full] [SECONDS] [--keep]
# SECONDS of processor time (60; 600 with --full). What is found stays in build-fuzz/findings/. ../shared's documents, where
# there are any, are seeds too, but not with --keep, which makes the corpus beside this script anew: the seeds written by
# hand (*.json) and the fewest of the inputs found that reach as much code.
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
export UBSAN_OPTIONS=print_stacktrace=1 ASAN_OPTIONS=allocator_may_return_null=0

corpus=$build/corpus findings=$build/findings
rm -rf $corpus
mkdir -p $corpus $findings
seeds=("$fuzz/corpus")
for shared in ../shared/spec/tms ../shared/spec/tiled-assets ../shared/data/stac; do
    [ -n "$keep" ] || [ ! -d "$shared" ] || seeds+=("$shared")
done

# libFuzzer counts seconds of the clock, which on a busy machine are fewer of the processor's.
processor_seconds() { awk -v ticks="$(getconf CLK_TCK)" '{ print int(($16 + $17) / ticks) }' /proc/$$/stat; }
before=$(processor_seconds)
while left=$((seconds + before - $(processor_seconds))); [ $left -gt 0 ]; do
    $build/autotest/fuzz/item_fuzzer $corpus "${seeds[@]}" -dict=$fuzz/items.dict -artifact_prefix=$findings/ \
        -max_total_time=$left -max_len=16384 -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
        >$build/fuzz.log 2>&1 || { tail -n 60 $build/fuzz.log; exit 1; }
    grep -E 'DONE|stat::(number_of_executed_units|peak_rss_mb)' $build/fuzz.log
done
if [ -n "$keep" ]; then
    mkdir -p $build/merged
    rm -f $build/merged/*
    $build/autotest/fuzz/item_fuzzer -set_cover_merge=1 -use_counters=0 -max_len=16384 \
        $build/merged $fuzz/corpus $corpus 2>&1 | tail -n 1
    find $fuzz/corpus -type f ! -name '*.json' -delete
    find $build/merged -type f -exec cp -t $fuzz/corpus {} +
fi
