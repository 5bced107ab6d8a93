#!/usr/bin/env bash
# Runs the C++ and the Python tests of a built checkout again and again, as they must pass on any machine: nothing else at
# work, beside busy processes, on one core. A line a round, and a closing one; exits with 0 only where nothing failed.
#   repeat.sh [--plain N] [--loaded N] [--one-core N] [--busy N] [--only cpp|python] [PYTEST ARGUMENT...]
set -uo pipefail

root=$(unset CDPATH; cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd -P)
cd "$root" || exit 1
build=${TILEDIR_BUILD:-$root/build}
export LC_ALL=C.UTF-8 PYTHONDONTWRITEBYTECODE=1 TILEDIR_BUILD=$build PYTHONPATH=$build/python

plain=0 loaded=0 one_core=0 busy=4 only=
while [ $# -gt 0 ]; do
    case $1 in
    --plain) plain=$2 && shift 2 ;;
    --loaded) loaded=$2 && shift 2 ;;
    --one-core) one_core=$2 && shift 2 ;;
    --busy) busy=$2 && shift 2 ;;
    --only) only=$2 && shift 2 ;;
    -h | --help) sed -n '2,4s/^# *//p' "$0" && exit 0 ;;
    *) break ;;
    esac
done
[ $((plain + loaded + one_core)) -gt 0 ] || plain=1

load=()
end_load() {
    [ ${#load[@]} -eq 0 ] || kill "${load[@]}" 2>/dev/null
    load=()
}
trap end_load EXIT

begin_load() {
    local number
    for ((number = 0; number < busy; number++)); do
        yes >/dev/null &
        load+=($!)
    done
}

passed=0 failed=0 skipped=0 rounds=0

run_tests() { # FOLDER COMMAND... that the tests are started by
    local results=$1 status=0 cores
    shift
    cores=$("$@" nproc)
    [ "$only" = python ] || "$@" ctest --test-dir "$build" --parallel "$cores" --no-tests=error --output-on-failure \
        --output-junit "$results/cpp.xml" >"$results/cpp.txt" 2>&1 || status=1
    [ "$only" = cpp ] || "$@" /usr/bin/python3 -m pytest -q -p no:cacheprovider -o faulthandler_timeout=600 --durations=20 \
        --junitxml "$results/python.xml" "${tests[@]}" >"$results/python.txt" 2>&1 || status=1
    return $status
}

one_round() { # KIND NUMBER COMMAND...
    local kind=$1 number=$2 status=0 began=$SECONDS p=0 f=0 s=0
    local results=$build/results/repeat/$kind-$number
    shift 2
    rm -rf "$results" && mkdir -p "$results"
    run_tests "$results" "$@" || status=1
    read -r p _ f _ s _ < <(/usr/bin/python3 autotest/junit_counts.py "$results")
    [ $status -eq 0 ] || [ "$f" -gt 0 ] || f=1
    printf '%-8s %2d: %5d passed %3d failed %3d skipped %6d s, load %s\n' "$kind" "$number" "$p" "$f" "$s" \
        $((SECONDS - began)) "$(cut -d ' ' -f 1 /proc/loadavg)"
    [ "$f" -eq 0 ] || grep -hE '^(FAILED|ERROR)|\(Failed\)|\*\*\*' "$results"/*.txt
    passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s)) rounds=$((rounds + 1))
}

tests=("$@")
[ ${#tests[@]} -gt 0 ] || tests=(autotest)
# The first core that this process may use.
core=$(taskset -cp $$ | sed 's/.*: \([0-9]*\).*/\1/')
for ((number = 1; number <= plain; number++)); do one_round plain "$number" env; done
[ "$loaded" -eq 0 ] || begin_load
for ((number = 1; number <= loaded; number++)); do one_round loaded "$number" env; done
end_load
for ((number = 1; number <= one_core; number++)); do one_round one-core "$number" taskset -c "$core"; done
printf '%d passed, %d failed, %d skipped in %d rounds, %d s\n' $passed $failed $skipped $rounds $SECONDS
[ $failed -eq 0 ] && [ $passed -gt 0 ]
