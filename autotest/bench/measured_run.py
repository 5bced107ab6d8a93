"""Runs a command and says what it took, all its processes together."""

import dataclasses
import os
import pathlib
import subprocess
import threading
import time

SAMPLE_SECONDS = 0.05
PROC = pathlib.Path("/proc")


@dataclasses.dataclass(frozen=True)
class Cost:
    wall: float  # seconds
    cpu: float  # seconds, user and system, of the process and of all that it waited for
    peak: int  # bytes of memory, at most at one moment


class PeakMemory(threading.Thread):
    """Samples the memory of a session until stopped.

    Memory that several processes share counts once (PSS). Of a single process it is the high-water mark that the
    kernel keeps, so that nothing between two samples is missed.
    """

    def __init__(self, session):
        super().__init__(daemon=True)
        self.session = session
        self.bytes = 0
        self.strangers = set()
        self.ended = threading.Event()

    def run(self):
        while not self.ended.wait(SAMPLE_SECONDS):
            members = self.members()
            if len(members) == 1:
                self.bytes = max(self.bytes, kilobytes(members[0], "status", "VmHWM:") * 1024)
            elif members:
                total = sum(kilobytes(member, "smaps_rollup", "Pss:") for member in members)
                self.bytes = max(self.bytes, total * 1024)

    def members(self):
        processes = {int(name) for name in os.listdir(PROC) if name.isdigit()}
        self.strangers &= processes
        members = []
        for process in processes - self.strangers:
            try:
                same = os.getsid(process) == self.session
            except ProcessLookupError:
                continue
            if same:
                members.append(process)
            else:
                self.strangers.add(process)
        return members

    def stop(self):
        self.ended.set()
        self.join()
        return self.bytes


def kilobytes(process, file, key):
    """One line of a process's file in /proc; 0 where the process is gone."""
    try:
        for line in (PROC / str(process) / file).read_text().splitlines():
            if line.startswith(key):
                return int(line.split()[1])
    except (FileNotFoundError, ProcessLookupError):
        pass
    return 0


def measured_run(command, folder=None, environment=None):
    """Cost and standard output; raises with the end of what the command said where it fails."""
    began = time.monotonic()
    with subprocess.Popen(
        [str(word) for word in command],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=folder,
        env=environment,
        start_new_session=True,
    ) as process:
        memory = PeakMemory(process.pid)
        memory.start()
        heard = {}
        listeners = [
            threading.Thread(target=lambda name=name, pipe=pipe: heard.update({name: pipe.read()}))
            for name, pipe in (("out", process.stdout), ("err", process.stderr))
        ]
        for listener in listeners:
            listener.start()
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.monotonic() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        peak = memory.stop()
        for listener in listeners:
            listener.join()
    if process.returncode != 0:
        said = "\n".join((heard["out"] + heard["err"]).splitlines()[-20:])
        raise RuntimeError(f"{command[0]}: exit code {process.returncode}\n{said}")
    return Cost(wall, usage.ru_utime + usage.ru_stime, peak), heard["out"]
