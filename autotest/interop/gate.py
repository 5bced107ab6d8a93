"""What portions of a run of tiledir-test's bad_hillshade wait at (autotest/tools/engine/test_processes.cpp).

    recipe = ... parameters={"gates": str(folder)}
    with Gate(folder) as gate:  # or Gate(folder, "11-802-543"), for those that have this tile
        run = subprocess.Popen(...)
        gate.wait_for(run)  # a portion waits, and none that comes after it will pass
        gate.open()
"""

import os
import pathlib

from waiting import wait_until


class Gate:
    def __init__(self, folder, name="any"):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(exist_ok=True)
        self.fifo = self.folder / name
        os.mkfifo(self.fifo)
        self.writer = None

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.open()
        os.close(self.writer)

    def waiting(self):
        """Files that say who waits."""
        return list(self.folder.glob(f"{self.fifo.name}.*"))

    def wait_for(self, run, count=1):
        """Until so many portions of the run wait."""
        wait_until(lambda: len(self.waiting()) >= count, run)

    def open(self):
        """All go on, and nobody waits any more."""
        if self.writer is None:
            # Held open, for those that are about to open it for reading.
            self.writer = os.open(self.fifo, os.O_RDWR)
            self.fifo.unlink()
