"""Which requests of a process wait for which, however fast or busy the machine is.

    rounds = round_trips(s3.proxy, process)

A round are the requests that need no answer but those of the rounds before: the proxy keeps them until the process does
nothing but wait for them.
"""

import contextlib
import time

from processes import is_at_work

LOOKS = 3  # in a row, at nobody who works: threads that hand over work to one another are not seen all at once
PAUSE = 0.005


def round_trips(proxy, process):
    """The requests of a process that has just been started, until it ends."""
    rounds, known = [], 0
    with contextlib.ExitStack() as hold:
        hold.enter_context(proxy.fault("hold"))
        while process.poll() is None:
            requests = proxy.requests()
            if len(requests) > known and waits(process, proxy, requests, known):
                rounds.append(requests[known:])
                known = len(requests)
                earlier = hold.pop_all()
                hold.enter_context(proxy.fault("hold"))
                earlier.close()
            time.sleep(PAUSE)
    return rounds


def waits(process, proxy, requests, known):
    """Are all rounds before answered, and does the process do nothing but wait?"""
    for _ in range(LOOKS):
        is_answered = all(request.status for request in requests[:known])
        if not is_answered or is_at_work(process.pid) or is_at_work(proxy.process.pid):
            return False
        time.sleep(PAUSE)
    return len(proxy.requests()) == len(requests)
