#!/usr/bin/env bash
# Builds the plugin and runs the driver's tests on the GDAL of other Debian releases: gdal_versions.sh [RELEASE...]
# Of trixie, which is a stable one, the commands are built and tried too.
# The default is trixie (GDAL 3.10); sid works too (3.13). A release lives in a chroot that debootstrap makes once, from
# the mirror of apt's own sources, and that is kept in TILEDIR_CACHE (/var/cache/tiledir). JUnit files of the tests go to
# build/results/gdal-RELEASE. gdal_versions.sh --make RELEASE... makes the chroots that are not there, and no more.
set -euo pipefail

root=$(unset CDPATH; cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd)
cache=${TILEDIR_CACHE:-/var/cache/tiledir}
keyring=/usr/share/keyrings/debian-archive-keyring.gpg

[ "$EUID" -eq 0 ] || exec sudo TILEDIR_CACHE="$cache" bash "$root/autotest/interop/gdal_versions.sh" "$@"
bash "$root/tools/install_packages.sh" chroot
# In a namespace of its own no mount outlives this script, however it ends.
if [ -z "${TILEDIR_PRIVATE_MOUNTS:-}" ] && unshare --mount true 2>/dev/null; then
    TILEDIR_PRIVATE_MOUNTS=yes exec unshare --mount bash "$root/autotest/interop/gdal_versions.sh" "$@"
fi

make_only=
if [ "${1:-}" = --make ]; then
    make_only=yes
    shift
fi

# The mirror that apt takes this system's own release from; apt reads its sources in either form.
debian_mirror() {
    local codename mirror
    codename=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)
    mirror=$(apt-get update --print-uris 2>/dev/null |
        sed -nE "s,^'([^']*)/dists/($codename|stable|testing|unstable|sid)/InRelease'.*,\1,p" | head -n 1)
    case $mirror in
        mirror+file:*) mirror=$(grep -m 1 -oE '^[a-z]+:[^[:space:]]+' "${mirror#mirror+file:}") ;;
    esac
    [ -n "$mirror" ] || { echo "No Debian mirror in apt's sources" >&2; return 1; }
    echo "$mirror"
}

# apt in the chroot goes through the same proxies, and may use a mirror whose Release file is past its date.
write_apt_settings() { # CHROOT
    {
        apt-config dump | grep -E '^Acquire::(https?::(Proxy|Timeout|No-Cache|Verify)|Check-|Retries)[^ ]* "[^"]' || true
        echo 'Acquire::Check-Valid-Until "false";'
        echo 'Acquire::Languages "none";'
    } >"$1/etc/apt/apt.conf.d/90tiledir"
}

in_chroot() { # CHROOT COMMAND...
    local chroot=$1
    shift
    chroot "$chroot" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 \
        CCACHE_DIR=/var/cache/ccache TILEDIR_BUILD=/build "$@"
}

# Always whole, so that nothing of an earlier checkout stays; ccache makes building it again cheap.
copy_source() { # CHROOT
    rm -rf "$1/src" "$1/build" "$1/results"
    mkdir -p "$1/src/tiledir" "$1/results"
    tar -C "$root" -cf - CMakeLists.txt stac driver tools autotest | tar -C "$1/src/tiledir" -xmf -
    if [ -d "$root/../shared/data" ]; then
        mkdir "$1/src/shared"
        tar -C "$root/../shared" -cf - data spec | tar -C "$1/src/shared" -xmf -
    fi
}

has_tools() { [ "$1" = trixie ]; } # RELEASE

install_in() { # CHROOT RELEASE
    local groups=(plugin tests)
    cp /etc/resolv.conf "$1/etc/resolv.conf"
    copy_source "$1"
    ! has_tools "$2" || groups+=(tools)
    in_chroot "$1" bash /src/tiledir/tools/install_packages.sh "${groups[@]}"
}

mount_proc() { # CHROOT
    [ -z "${TILEDIR_PRIVATE_MOUNTS:-}" ] || mount -t proc proc "$1/proc"
}

# A chroot under its final name is a finished one.
prepare_chroot() { # RELEASE
    local chroot=$cache/$1 partial=$cache/$1.partial mirror
    if [ -d "$chroot" ]; then
        [ -z "$make_only" ] || return 0
        mount_proc "$chroot"
        install_in "$chroot" "$1"
        return
    fi
    mirror=$(debian_mirror)
    echo "Making a chroot of $1 from $mirror"
    rm -rf --one-file-system "$partial"
    debootstrap --variant=minbase --include=ca-certificates --force-check-gpg --keyring="$keyring" \
        "$1" "$partial" "$mirror" >"$cache/$1.log" 2>&1 || { tail "$cache/$1.log" >&2; return 1; }
    write_apt_settings "$partial"
    mount_proc "$partial"
    install_in "$partial" "$1"
    in_chroot "$partial" apt-get clean
    mv "$partial" "$chroot"
}

build() { # CHROOT FOLDER SETTING...
    local chroot=$1 folder=$2
    shift 2
    {
        in_chroot "$chroot" cmake -S /src/tiledir -B "$folder" -G Ninja "$@" \
            -DCMAKE_CXX_FLAGS_RELEASE='-O1 -DNDEBUG' &&
            in_chroot "$chroot" cmake --build "$folder" -- -k 0
    } >"$chroot/results/build.log" 2>&1 || { tail -n 60 "$chroot/results/build.log"; return 1; }
}

# A run, and a look at each of its tiles.
try_tools() { # CHROOT
    build "$1" /build/tools -DTILEDIR_TESTS=OFF &&
        in_chroot "$1" /build/tools/bin/tiledir-process /src/tiledir/autotest/data/hillshade.yaml --output /build/out --quiet &&
        in_chroot "$1" /build/tools/bin/tiledir-verify /build/out
}

# The chroot has no Go: what is built with it here runs there too. Without it the tests that need it are skipped.
copy_go_programs() { # CHROOT
    python3 "$root/autotest/interop/go_program.py" >/dev/null || return 0
    mkdir -p "$1/var/cache/tiledir"
    cp -a --update "$cache/go" "$1/var/cache/tiledir/"
}

run_tests() { # CHROOT
    local failed=0
    in_chroot "$1" ctest --test-dir /build --parallel "$(nproc)" --output-on-failure --no-tests=error --timeout 600 \
        --output-junit /results/cpp.xml | tail -n 40 || failed=1
    in_chroot "$1" env --chdir=/src/tiledir python3 -m pytest -q -p no:cacheprovider --junitxml /results/python.xml \
        autotest/driver || failed=1
    return $failed
}

test_release() { # RELEASE
    local chroot=$cache/$1 results=$root/build/results/gdal-$1 version counts failed=0
    prepare_chroot "$1"
    [ -z "$make_only" ] || return 0
    rm -rf "$results"
    mkdir -p "$results"
    version=$(in_chroot "$chroot" gdal-config --version)
    echo "$1: GDAL $version"
    build "$chroot" /build -DTILEDIR_TOOLS=OFF
    copy_go_programs "$chroot"
    run_tests "$chroot" || failed=1
    ! has_tools "$1" || try_tools "$chroot" || failed=1
    cp "$chroot"/results/* "$results/"
    counts=$(in_chroot "$chroot" python3 /src/tiledir/autotest/junit_counts.py /results)
    echo "$1: GDAL $version: $counts"
    return $failed
}

mkdir -p "$cache" "$root/build"
exec 9>"$cache/lock"
flock 9
status=0
for release in "${@:-trixie}"; do
    # Not a condition of anything: bash would not stop at a failed step in there.
    set +e
    (set -e; test_release "$release")
    failed=$?
    set -e
    [ $failed -eq 0 ] || { echo "$release: failed"; status=1; }
done
chown --reference="$root" "$root/build"
[ ! -d "$root/build/results" ] || chown -Rh --reference="$root" "$root/build/results"
exit $status
