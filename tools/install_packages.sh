#!/usr/bin/env bash
# Installs the Debian packages of the named groups: install_packages.sh GROUP...
# apt is called only where something is missing, through sudo where the caller is not root, and asks nothing.
set -euo pipefail

declare -A packages=(
    [plugin]="g++ cmake ninja-build ccache libgdal-dev nlohmann-json3-dev libboost-filesystem-dev"
    [tools]="libcli11-dev libfmt-dev libspdlog-dev libyaml-cpp-dev"
    [gdal]="gdal-bin"
    [tests]="gdal-bin libgtest-dev python3 python3-pip python3-gdal python3-numpy
        python3-pytest python3-jsonschema python3-yaml"
    [fuzz]="clang libclang-rt-dev"
    [lint]="clang-format clang-tidy shellcheck"
    [chroot]="debootstrap debian-archive-keyring util-linux"
)

missing=()
for group in "$@"; do
    [ -n "${packages[$group]:-}" ] || { echo "$group: no such group, it is one of: ${!packages[*]}" >&2; exit 2; }
    for package in ${packages[$group]}; do
        status=$(dpkg-query --show --showformat '${db:Status-Abbrev}' "$package" 2>/dev/null) || status=
        [ "$status" = "ii " ] || missing+=("$package")
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
