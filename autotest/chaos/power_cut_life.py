"""Commands at work on a mounted image, and copies of it at random moments: the power cuts."""

import contextlib
import dataclasses
import os
import subprocess
import threading
import time

FORCED = 0.7  # of the cuts: another program's fsync makes names durable just before


@dataclasses.dataclass
class Cut:
    """A copy of the device, and what had been said when it was taken."""

    image: str
    promises: list
    seconds: float  # since the commands began


class Life:
    """Runs commands, one after the other, and notes what they promise: lines `confirmed ...` and `exit 0`."""

    def __init__(self, commands, environment):
        self._commands, self._environment = commands, environment
        self._lock = threading.Lock()
        self._promises, self._fault, self._killed = [], None, False
        self._process = None
        self._thread = threading.Thread(target=self._run)
        self.began = time.monotonic()
        self.seconds = None  # all of it, at its end
        self._thread.start()

    def _run(self):
        for command in self._commands:
            words = [str(word) for word in command]
            with self._lock:
                if self._killed:
                    return
                self._process = subprocess.Popen(
                    words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=self._environment
                )
            for line in self._process.stdout:
                if line.startswith("confirmed "):
                    self._promise(line.strip())
            errors = self._process.stderr.read().strip()
            if self._process.wait() != 0:
                if not self._killed:
                    self._fault = f"{' '.join(words)}: exit code {self._process.returncode}: {errors}"
                return
            self._promise("exit 0")
        self.seconds = time.monotonic() - self.began

    def _promise(self, line):
        with self._lock:
            self._promises.append(line)

    def promises(self):
        with self._lock:
            return list(self._promises)

    def wait_until(self, seconds):
        """False where it was over before."""
        self._thread.join(max(0.0, self.began + seconds - time.monotonic()))
        return self._thread.is_alive()

    def end(self):
        """What went wrong before, if anything did."""
        self._thread.join()
        return self._fault

    def kill(self):
        with self._lock:
            self._killed = True
            if self._process:
                self._process.kill()
        return self.end()


@contextlib.contextmanager
def other_file(point):
    """Another program's file on the same file system, and a call that writes to it and makes it durable."""
    file = os.open(point / "other", os.O_CREAT | os.O_WRONLY)

    def write():
        os.write(file, b"x")
        os.fsync(file)

    try:
        yield write
    finally:
        os.close(file)


def cuts_of(devices, image, life, moments, chosen):
    """Copies of the mounted image at these moments of the life; one after its end, where it ends before the last."""
    cuts = []
    with other_file(devices.point) as write_other:
        for moment in sorted(moments):
            is_alive = life.wait_until(moment)
            if chosen.random() < FORCED:
                write_other()
                is_alive = life.wait_until(time.monotonic() - life.began + chosen.uniform(0, 0.03))
            promises, copy = life.promises(), f"{image}.cut{len(cuts)}"
            devices.copy(image, copy)
            cuts.append(Cut(copy, promises, time.monotonic() - life.began))
            if not is_alive:
                break
    return cuts
