#!/usr/bin/env bash
# From a fresh checkout to a hillshade of two SRTM files: installs what is needed, builds in build/, writes out/jacksboro.
# Run again, it does only what is left to do.
set -euo pipefail

root=$(unset CDPATH; cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd -P)
cd "$root"
output=$root/out/jacksboro
quicklook=$root/out/jacksboro.png
plugins=$root/build/gdalplugins
export GDAL_DRIVER_PATH=$plugins

# Through sudo, or as root in somebody's checkout, what is made belongs to the checkout's owner.
[ "$EUID" -ne 0 ] || trap 'chown -Rh --reference=. build out 2>/dev/null || true' EXIT

bash tools/install_packages.sh plugin tools gdal

# A build tree that has the tests keeps them; only the driver and the commands are built here. One of another place, of a
# checkout since copied or moved, is configured anew.
if [ ! -e build/build.ninja ] || ! grep -qxF "CMAKE_HOME_DIRECTORY:INTERNAL=$root" build/CMakeCache.txt; then
    cmake --preset release --fresh -DTILEDIR_TESTS=OFF -DCMAKE_UNITY_BUILD=ON # a third of the time
fi
cmake --build build --target driver/all tools/all

build/bin/tiledir-process autotest/data/hillshade.yaml --output "$output"

echo
gdalinfo "$output"
if [ ! "$quicklook" -nt "$output/stac.json" ]; then
    gdal_translate -q -of PNG --config GDAL_PAM_ENABLED NO "$output" "$quicklook"
fi

cat <<END

The result      $output
Its STAC item   $output/stac.json
A quicklook     $quicklook

To open it in QGIS, start QGIS so that its GDAL finds the driver
    GDAL_DRIVER_PATH="$plugins" qgis "$output/stac.json"
or install the driver once for every program
    sudo cmake --install "$root/build" --prefix /usr
END
