#!/usr/bin/env bash
# Installs what the tests need, builds (in build/ and build-*/), runs every test and every lint, and ends with one
# line: N passed, N failed, N skipped. Exits with 0 only where something passed and nothing failed.
# TILEDIR_GDAL_RELEASES names the Debian releases on whose GDAL the driver is tested too (trixie sid).
set -uo pipefail

root=$(unset CDPATH; cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd -P)
cd "$root" || exit 1
build=$root/build
results=$build/results
read -ra releases <<<"${TILEDIR_GDAL_RELEASES-trixie sid}"
export LC_ALL=C.UTF-8 PYTHONDONTWRITEBYTECODE=1 TILEDIR_BUILD=$build

tidy=
leave() {
    [ -z "$tidy" ] || kill "$tidy" 2>/dev/null
    # Through sudo, or as root in somebody's checkout, what is made belongs to the checkout's owner.
    [ "$EUID" -ne 0 ] || chown -Rh --reference=. build build-* 2>/dev/null
}
trap leave EXIT

passed=0 failed=0 skipped=0 report=()

count() { # STAGE PASSED FAILED SKIPPED
    passed=$((passed + $2)) failed=$((failed + $3)) skipped=$((skipped + $4))
    report+=("$(printf '%-24s %5d passed %5d failed %5d skipped %6d s' "$@" $((SECONDS - began)))")
}

begin() { # STAGE
    printf '\n== %s\n' "$1"
    began=$SECONDS
}

# A stage without a count of its own is one test.
check() { # STAGE COMMAND...
    local stage=$1
    shift
    begin "$stage"
    if "$@"; then count "$stage" 1 0 0; else count "$stage" 0 1 0; return 1; fi
}

# A stage that writes JUnit files into results/STAGE: its tests count, and so does failing for another reason.
suite() { # STAGE COMMAND...
    local stage=$1 status=0 tests p=0 f=0 s=0
    shift
    begin "$stage"
    rm -rf "${results:?}/$stage"
    mkdir -p "$results/$stage"
    "$@" || status=$?
    tests=$(/usr/bin/python3 autotest/junit_counts.py "$results/$stage") || status=1
    read -r p _ f _ s _ <<<"$tests"
    if [ $((p + f + s)) -eq 0 ] || { [ $status -ne 0 ] && [ "$f" -eq 0 ]; }; then f=$((f + 1)); fi
    count "$stage" "$p" "$f" "$s"
}

finish() {
    printf '\n'
    printf '%s\n' "${report[@]}"
    printf '%d passed, %d failed, %d skipped\n' $passed $failed $skipped
    [ $failed -eq 0 ] && [ $passed -gt 0 ]
}

sources() { # PATTERN...
    local names=()
    for pattern in "$@"; do names+=(-o -name "$pattern"); done
    find stac driver tools autotest .ci \( "${names[@]:1}" \) -type f -print0
}

check_format() { sources '*.cpp' '*.h' | xargs -0 clang-format --dry-run -Werror; }
check_shell() { { sources '*.sh'; printf '.ci/run\0'; } | xargs -0 shellcheck; }

build_preset() { # PRESET FOLDER
    local fresh=()
    # A build tree of another place, of a checkout since copied or moved, is of no use.
    grep -qsxF "CMAKE_HOME_DIRECTORY:INTERNAL=$root" "$2/CMakeCache.txt" || fresh=(--fresh)
    cmake --preset "$1" "${fresh[@]}" -DTILEDIR_TOOLS=ON -DTILEDIR_TESTS=ON >/dev/null && cmake --build --preset "$1"
}

run_cpp() { # STAGE PRESET
    timeout 60m ctest --preset "$2" --parallel "$(nproc)" --output-junit "$results/$1/cpp.xml"
}

# What Debian 12 has no package of; without a network the tests that need it are skipped, and say so.
install_python_packages() {
    [ -d "$build/python/pystac" ] ||
        /usr/bin/python3 -m pip install --quiet --root-user-action=ignore --target "$build/python" 'pystac==1.14.*'
}

run_python() {
    /usr/bin/python3 autotest/interop/go_program.py >/dev/null || echo 'tests of S3 are skipped' >&2
    /usr/bin/python3 autotest/interop/python_peers.py >/dev/null || echo 'tests of mapchete and rasterio are skipped' >&2
    install_python_packages || echo 'pystac could not be installed: its tests are skipped' >&2
    PYTHONPATH=$build/python timeout 60m /usr/bin/python3 -m pytest -q -p no:cacheprovider -o faulthandler_timeout=300 \
        --durations=5 --junitxml "$results/python/python.xml" autotest
}

# Takes what the tests that run meanwhile leave of the processors.
begin_clang_tidy() {
    mkdir -p "$results"
    chrt --idle 0 /usr/bin/python3 autotest/clang_tidy.py build >"$results/clang-tidy.txt" 2>&1 &
    tidy=$!
}

end_clang_tidy() {
    local status=0
    wait "$tidy" || status=$?
    tidy=
    cat "$results/clang-tidy.txt"
    return $status
}

run_sanitized() { build_preset asan-ubsan build-asan && run_cpp sanitized asan-ubsan; }
run_threads() { build_preset tsan build-tsan && run_cpp threads tsan; }

check 'install packages' bash tools/install_packages.sh plugin tools tests lint fuzz || { finish; exit 1; }
bash tools/install_packages.sh qgis || echo 'QGIS could not be installed: its tests are skipped' >&2
check 'shellcheck' check_shell
check 'clang-format' check_format
check 'build' build_preset release build || { finish; exit 1; }
suite 'cpp' run_cpp cpp release
begin_clang_tidy
suite 'python' run_python
check 'clang-tidy' end_clang_tidy
suite 'sanitized' run_sanitized
suite 'threads' run_threads
check 'fuzz' bash autotest/fuzz/run.sh
for release in ${releases[@]+"${releases[@]}"}; do
    suite "gdal-$release" bash autotest/interop/gdal_versions.sh "$release"
done
finish
