"""Waits for what is bound to happen: no test counts on its being fast enough, or slow enough, to see it."""

import time

MOST_SECONDS = 300  # for a machine that is as busy as can be: a failure, not an event


def wait_until(happened, process=None):
    """Returns once it has; fails where the process that is to bring it about has ended without it."""
    deadline = time.monotonic() + MOST_SECONDS
    while True:
        ended = process is not None and process.poll() is not None
        if happened():
            return
        assert not ended, f"it has ended before: exit code {process.returncode}\n{said_by(process)}"
        assert time.monotonic() < deadline, f"it has not happened within {MOST_SECONDS} s"
        time.sleep(0.01)


def said_by(process):
    """What it has left in its pipes."""
    return "\n".join(pipe.read() for pipe in (process.stdout, process.stderr) if pipe and not pipe.closed)


def ended(process):
    """What it has said, output and errors, once it has ended."""
    return process.communicate(timeout=MOST_SECONDS)
