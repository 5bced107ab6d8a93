"""What the system says of processes, by their number or as Popen has them."""

import contextlib
import os
import pathlib

from waiting import wait_until

GONE = FileNotFoundError, ProcessLookupError


def said_by_tasks(number, name):
    """The text of such a file of each of its threads. Any of them, and the process, may end meanwhile."""
    texts = []
    with contextlib.suppress(*GONE):
        for task in os.listdir(f"/proc/{number}/task"):
            with contextlib.suppress(*GONE):
                texts.append(pathlib.Path(f"/proc/{number}/task/{task}/{name}").read_text())
    return texts


def children(number):
    """Numbers of the processes that it has started and not yet waited for."""
    return [int(child) for text in said_by_tasks(number, "children") for child in text.split()]


def states(number):
    """Letters, of its threads: R is at work, S asleep, Z ended."""
    return [text.rsplit(")", 1)[1].split()[0] for text in said_by_tasks(number, "stat")]


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
