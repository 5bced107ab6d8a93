#!/usr/bin/env bash
# Installs the Debian packages of the named groups: install_packages.sh GROUP...
# Of alternatives, A|B, the one that is there already will do, else the first is installed.
# apt is called only where something is missing, through sudo where the caller is not root, and asks nothing.
set -euo pipefail

declare -A packages=(
    [plugin]="g++ cmake ninja-build ccache libgdal-dev nlohmann-json3-dev libboost-filesystem-dev
        libcurl4-openssl-dev|libcurl4-gnutls-dev zlib1g-dev"
    [tools]="libcli11-dev libfmt-dev libmuparser-dev libspdlog-dev libyaml-cpp-dev"
    [gdal]="gdal-bin"
    [tests]="gdal-bin libgtest-dev python3 python3-pip python3-gdal python3-numpy
        python3-pytest python3-jsonschema python3-yaml
        e2fsprogs xfsprogs btrfs-progs"
    [fuzz]="clang libclang-rt-dev"
    [lint]="clang-format clang-tidy shellcheck"
    [qgis]="qgis python3-qgis xvfb xauth python3-pil"
    [chroot]="debootstrap debian-archive-keyring util-linux"
)

is_installed() { # ALTERNATIVE...
    local name status
    for name in "$@"; do
        status=$(dpkg-query --show --showformat '${db:Status-Abbrev}' "$name" 2>/dev/null) || status=
        [ "$status" = "ii " ] && return
    done
    return 1
}

missing=()
for group in "$@"; do
    [ -n "${packages[$group]:-}" ] || { echo "$group: no such group, it is one of: ${!packages[*]}" >&2; exit 2; }
    for package in ${packages[$group]}; do
        # shellcheck disable=SC2086 # words on purpose
        is_installed ${package//|/ } || missing+=("${package%%|*}")
    done
done
[ ${#missing[@]} -gt 0 ] || exit 0

echo "Installing ${missing[*]}"
as_root=(env DEBIAN_FRONTEND=noninteractive)
[ "$EUID" -eq 0 ] || as_root=(sudo "${as_root[@]}")
# A repository that fails and is not needed stops nothing: the install decides.
"${as_root[@]}" apt-get --quiet --quiet -o DPkg::Lock::Timeout=300 update || echo "apt-get update failed" >&2
"${as_root[@]}" apt-get --quiet --quiet -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 install \
    --yes --no-install-recommends "${missing[@]}" >/dev/null
