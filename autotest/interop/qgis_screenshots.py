"""Makes the pictures of docs/howto/qgis.md again: QGIS in a window, under Xvfb, with a tile directory of the data in autotest/data.

Needs build/bin/tiledir-process and the packages of `bash tools/install_packages.sh qgis`.
"""

import argparse
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

from PIL import Image

from s3_server import S3Server

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
QGIS = ["qgis", "--noversioncheck", "--noplugins", "--nologo"]
SCREEN = "-screen 0 1200x800x24"
COLOURS = 64
SECONDS = 120


def parsed_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build")
    parser.add_argument("--pictures", type=pathlib.Path, default=ROOT / "docs" / "howto", help="the folder they go to")
    return parser.parse_args()


def window_with(source, name, zoom, picture, environment):
    """A picture of QGIS's main window with this layer."""
    with tempfile.TemporaryDirectory() as home:
        shot = pathlib.Path(home) / "window.png"
        profile = ["--profiles-path", home, "--code", str(pathlib.Path(__file__).with_name("qgis_window.py"))]
        settings = {"HOME": home, "XDG_RUNTIME_DIR": home, "TILEDIR_LAYER": str(source), "TILEDIR_NAME": name}
        settings.update(TILEDIR_ZOOM=str(zoom), TILEDIR_PICTURE=str(shot))
        process = subprocess.run(
            ["xvfb-run", "-a", "-s", SCREEN, *QGIS, *profile],
            env={**environment, **settings},
            capture_output=True,
            text=True,
            timeout=SECONDS,
        )
        if process.returncode != 0 or not shot.exists():
            sys.exit(f"{picture.name}: QGIS: exit code {process.returncode}\n{process.stderr.strip()}")
        Image.open(shot).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(picture, optimize=True)
    print(f"{picture}: {picture.stat().st_size / 1000:.0f} kB")


def main():
    arguments = parsed_arguments()
    environment = {**os.environ, "GDAL_DRIVER_PATH": str(arguments.build / "gdalplugins")}
    # Not in /tmp: QGIS marks layers from there as temporary.
    with tempfile.TemporaryDirectory(dir=arguments.build) as work, S3Server(work) as server:
        folder = server.bucket("terrain") / "jacksboro"
        recipe = ROOT / "autotest" / "data" / "hillshade.yaml"
        program = arguments.build / "bin" / "tiledir-process"
        subprocess.run([program, recipe, "--output", folder, "--quiet"], check=True)
        shutil.rmtree(folder / ".tiledir")
        on_s3 = {**environment, **server.gdal_config()}
        pictures = arguments.pictures
        pictures.mkdir(parents=True, exist_ok=True)
        window_with(folder, "jacksboro", 1, pictures / "qgis.png", environment)
        window_with(folder / "stac.json", "jacksboro/stac.json", 1.6, pictures / "qgis_item.png", environment)
        window_with("/vsis3/terrain/jacksboro", "/vsis3/terrain/jacksboro", 3, pictures / "qgis_s3.png", on_s3)


if __name__ == "__main__":
    main()
