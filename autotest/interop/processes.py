"""What the system says of processes, by their number or as Popen has them."""

import contextlib
import pathlib

from waiting import wait_until

GONE = FileNotFoundError, ProcessLookupError


def children(number):
    """Numbers of the processes that it has started and not yet waited for."""
    found = []
    for task in pathlib.Path(f"/proc/{number}/task").glob("*/children"):
        with contextlib.suppress(*GONE):
            found += map(int, task.read_text().split())
    return found


def states(number):
    """Letters, of its threads: R is at work, S asleep, Z ended."""
    found = []
    for task in pathlib.Path(f"/proc/{number}/task").glob("*/stat"):
        with contextlib.suppress(*GONE):
            found.append(task.read_text().rsplit(")", 1)[1].split()[0])
    return found


def is_running(number):
    return any(state != "Z" for state in states(number))


def is_at_work(number):
    return any(state != "S" for state in states(number))


def send_signal(process, number):
    """Returns once the process has taken it, or has ended."""
    process.send_signal(number)
    wait_until(lambda: not is_pending(process, number))


def is_pending(process, number):
    if process.poll() is not None:
        return False
    status = pathlib.Path(f"/proc/{process.pid}/status").read_text().splitlines()
    masks = [int(line.split()[1], 16) for line in status if line.startswith(("SigPnd:", "ShdPnd:"))]
    return any(mask >> (number - 1) & 1 for mask in masks)
