"""GDAL of this system and of other Debian releases, each with the plugin of this checkout, to run programs on.

A release is a chroot that interop/gdal_versions.sh makes. The checkout and the folder of work are there under the names
that they have here, on the same disk. Needs root.
"""

import dataclasses
import os
import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
CACHE = pathlib.Path(os.environ.get("TILEDIR_CACHE") or "/var/cache/tiledir")
HOST = "host"
# Until it is replaced by the program, the shell that mounts: the mounts are gone when the program ends.
ENTER = """
chroot=$1; shift
while [ "$1" != -- ]; do mkdir -p "$chroot$1"; mount --bind "$1" "$chroot$1"; shift; done; shift
mount -t proc proc "$chroot/proc"
exec chroot "$chroot" /usr/bin/env -i "$@"
"""
PATH = "/usr/sbin:/usr/bin:/sbin:/bin"


@dataclasses.dataclass(frozen=True)
class GdalRelease:
    release: str  # HOST or a Debian release: trixie, sid
    work: pathlib.Path  # the folder that programs read and write, beside the checkout

    @property
    def build(self):
        return ROOT / "build" if self.release == HOST else ROOT / "build" / f"bench-{self.release}"

    @property
    def plugins(self):
        return self.build / "gdalplugins"

    def command(self, words, environment=None, folder=None):
        """The words as a command of that release, with this environment and no other."""
        settings = {"PATH": PATH, "HOME": "/root", "LC_ALL": "C.UTF-8", "GDAL_DRIVER_PATH": self.plugins}
        settings.update(environment or {})
        words = [f"{name}={value}" for name, value in settings.items()] + [str(word) for word in words]
        if folder:
            words.insert(0, f"--chdir={folder}")
        if self.release == HOST:
            return ["/usr/bin/env", "-i", *words]
        places = [str(ROOT)] if self.work.is_relative_to(ROOT) else [str(ROOT), str(self.work)]
        enter = ["unshare", "--mount", "bash", "-euc", ENTER, "enter", str(CACHE / self.release)]
        return [*enter, *places, "--", *words]

    def output(self, words, **more):
        return subprocess.check_output(self.command(words, **more), text=True)

    def version(self):
        return self.output(["gdalinfo", "--version"]).split()[1].rstrip(",")

    def prepare(self):
        """Makes the chroot, and builds the plugin in it; quick where both are there. Gives itself back."""
        if self.release == HOST:
            if not self.plugins.exists():
                raise SystemExit(f"{self.plugins} is not there: cmake --preset release && cmake --build build")
            return self
        if os.geteuid() != 0:
            raise SystemExit(f"{self.release}: a chroot needs root, run this with sudo")
        # gdal_versions.sh would wait for the end of another checkout's tests.
        if not (CACHE / self.release).is_dir():
            subprocess.run(["bash", ROOT / "autotest/interop/gdal_versions.sh", "--make", self.release], check=True)
        self.build.mkdir(parents=True, exist_ok=True)
        ccache = {"CCACHE_DIR": "/var/cache/ccache"}
        options = ["-G", "Ninja", "-DTILEDIR_TOOLS=OFF", "-DTILEDIR_TESTS=OFF"]
        with open(self.build / "bench-build.log", "w") as log:
            for words in (["cmake", "-S", ROOT, "-B", self.build, *options], ["cmake", "--build", self.build]):
                command = self.command(words, ccache)
                if subprocess.run(command, stdout=log, stderr=subprocess.STDOUT).returncode != 0:
                    raise SystemExit(f"the plugin does not build on {self.release}: {log.name}")
        return self
