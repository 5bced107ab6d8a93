"""A virtual environment with mapchete from PyPI, made once."""

import json
import subprocess

VERSIONS = """
import importlib.metadata, json, rasterio
print(json.dumps({"mapchete": importlib.metadata.version("mapchete"),
                  "rasterio": rasterio.__version__,
                  "GDAL in rasterio": rasterio.__gdal_version__}))
"""


def mapchete_venv(folder, environment, what="mapchete"):
    """The folder of its programs, and versions by name. Only wheels: nothing is compiled."""
    programs = folder / "bin"
    if not (programs / "mapchete").exists():
        subprocess.run(["/usr/bin/python3", "-m", "venv", "--clear", folder], check=True)
        install = [programs / "pip", "install", "--quiet", "--only-binary", ":all:", what]
        subprocess.run(install, check=True, env=environment)
    versions = subprocess.check_output([programs / "python", "-c", VERSIONS], env=environment)
    return programs, json.loads(versions)
