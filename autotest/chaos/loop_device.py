"""File systems on loop devices whose files lie on a file system with reflinks: a copy of such a file is one instant.

A copy that is taken while the file system in it is mounted and written to is what a power cut leaves: all that the file
system had handed to its device, and nothing that it still had in memory.
"""

import contextlib
import ctypes
import os
import pathlib
import subprocess

LACKING = 77  # exit code of a program that finds no loop devices to work on
CLONE_NEWNS = 0x00020000

MAKE = {"ext4": ["mkfs.ext4", "-q", "-F"], "xfs": ["mkfs.xfs", "-q", "-f"], "btrfs": ["mkfs.btrfs", "-q", "-f"]}
# Options of mount under which names become durable as early as may be: commits every second, no heuristic that writes
# the data of replaced files (noauto_da_alloc), an fsync of any file that commits everything (notreelog).
WAYS = {
    "ext4": ["commit=1", "commit=1,noauto_da_alloc"],
    "xfs": [""],
    "btrfs": ["commit=1", "commit=1,notreelog"],
}
SIZE = 320 << 20  # XFS is never smaller than 300 MB


class Lacking(Exception):
    """What this machine has not got."""


def called(*command):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(f"{command[0]}: {done.stderr.strip() or done.stdout.strip()}")


def own_mounts():
    """Gives this process and its children mounts of their own. The kernel takes them down with the last of these
    processes, however it ends, and frees their loop devices."""
    if os.geteuid() != 0:
        raise Lacking("only root may mount")
    if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWNS) != 0:
        raise Lacking(f"no mounts of one's own: {os.strerror(ctypes.get_errno())}")
    try:
        called("mount", "--make-rprivate", "/")
    except RuntimeError as error:
        raise Lacking(f"no mounts of one's own: {error}") from error


class LoopDevices:
    """Images of file systems, one of them mounted at a time, always at `point`. A context: unmounts all at its end."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.point = self.folder / "device"
        self._images = self.folder / "images"
        self._outer = self.folder / "outer.img"

    def __enter__(self):
        self.point.mkdir()
        self._images.mkdir()
        with open(self._outer, "wb") as file:
            file.truncate(8 << 30)
        try:
            called("mkfs.xfs", "-q", "-m", "reflink=1", self._outer)
            called("mount", "-o", "loop", self._outer, self._images)
        except (OSError, RuntimeError) as error:
            raise Lacking(f"no file system with reflinks: {error}") from error
        return self

    def __exit__(self, *_):
        for point in (self.point, self._images):
            while os.path.ismount(point):
                called("umount", point)

    def path(self, name):
        return self._images / name

    def need(self, kind):
        """Tries to make and to mount one."""
        try:
            self.make("tried", kind)
            with self.mounted("tried", kind):
                self.copy("tried", "copied")
        except (OSError, RuntimeError) as error:
            raise Lacking(f"no {kind} with copies in one instant: {error}") from error
        self.remove("tried")
        self.remove("copied")

    def make(self, name, kind):
        with open(self.path(name), "wb") as file:
            file.truncate(SIZE)
        called(*MAKE[kind], self.path(name))

    def copy(self, name, to):
        """In one instant, whoever writes to it."""
        called("cp", "--reflink=always", self.path(name), self.path(to))

    def remove(self, name):
        self.path(name).unlink()

    def keep(self, name, to):
        """A copy outside, without its holes."""
        called("cp", "--sparse=always", self.path(name), to)

    @contextlib.contextmanager
    def mounted(self, name, kind, options=""):
        if kind == "btrfs":  # remembers the device of another copy by the id that both have
            subprocess.run(["btrfs", "device", "scan", "--forget"], capture_output=True)
        options = ",".join(filter(None, ["loop", "nouuid" if kind == "xfs" else "", options]))
        called("mount", "-t", kind, "-o", options, self.path(name), self.point)
        try:
            yield self.point
        finally:
            called("umount", self.point)
