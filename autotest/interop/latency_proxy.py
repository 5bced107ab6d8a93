"""A proxy that delays, counts and spoils requests, as a context manager. See latency_proxy/main.go.

    with LatencyProxy("127.0.0.1:7070", milliseconds=50) as proxy:
        gdal.Open(f"/vsicurl/http://{proxy.endpoint}/item.json")
        assert [request.path for request in proxy.requests()] == ["/item.json"]
        with proxy.fault(503, path="/13/", times=1, each_path=True):
            ...
"""

import collections
import contextlib
import dataclasses
import http.client
import itertools
import json
import subprocess
import urllib.parse

import go_program
from waiting import wait_until


@dataclasses.dataclass(frozen=True)
class Request:
    at: float  # seconds since the proxy started
    method: str
    path: str
    query: str
    range: str  # "" or "bytes=..."
    status: int  # 0: not answered; 499: kept until the client gave up
    bytes: int  # of the answer's body, -1: not announced
    in_flight: int  # requests that the proxy was busy with, this one among them
    fault: str  # "" or what was done to it

    @property
    def object(self):
        """What is asked for, whatever the range and the signature: a path, or a listing's path with its prefix."""
        query = urllib.parse.parse_qs(self.query)
        listing = "list-type" in query or "delimiter" in query or "prefix" in query
        return f"{self.path}?prefix={query.get('prefix', [''])[0]}" if listing else self.path


class LatencyProxy:
    """`endpoint` is HOST:PORT. Faults last as long as their `with` block; the latest one comes first."""

    def __init__(self, target, milliseconds=50):
        self.target, self.milliseconds = target, milliseconds
        self.faults, self.names = [], map(str, itertools.count(1))

    def __enter__(self):
        command = [go_program.latency_proxy(), "-target", self.target, "-delay", f"{self.milliseconds}ms"]
        self.process = subprocess.Popen(
            list(map(str, command)), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True
        )
        addresses = json.loads(self.process.stdout.readline())
        self.endpoint, self.control = addresses["proxy"], addresses["control"]
        return self

    def __exit__(self, *error):
        # It ends with its input, also where this process is killed.
        self.process.stdin.close()
        self.process.wait(10)
        self.process.stdout.close()

    def requests(self):
        """In the order of their arrival."""
        return [Request(**each) for each in json.loads(self.tell("GET", "/log"))]

    def asked_again(self):
        """Objects read or listed more than once, and how often."""
        asked = collections.Counter(request.object for request in self.requests() if request.method in ("GET", "HEAD"))
        return {name: count for name, count in asked.items() if count > 1}

    def forget(self):
        """Makes the log of requests empty."""
        self.tell("DELETE", "/log")

    def send_kept(self):
        """Lets the server have what was kept from it; the statuses of its answers."""
        return json.loads(self.tell("PUT", "/kept"))

    def delay(self, milliseconds):
        self.tell("PUT", "/delay", f"{milliseconds}ms")

    @contextlib.contextmanager
    def fault(self, action, **more):
        """Spoils requests: `action` is a status (204, 403, 404, 500, 503), "reset", "truncate", "hang",
        "lose": the server gets it, and the client no answer; "keep": the client's connection ends, and the server gets
        it at send_kept(); "delay", by so many `seconds`; "limit": 503 to what is more than `rate` requests a second;
        "hold": the server gets it when the block ends; or "gather": it gets those that wait, and all later ones, once
        `at_once` of them are there, or after so many `seconds`. A status is said in S3's words, or with a `body` that
        is no store's.

        `method` is that of the requests that it strikes, `path`, `query` and `range` are regular expressions that fit a
        part of theirs; `fraction` (1.0) chooses at random of what fits, `after` leaves so many of them alone first,
        `times` (0: for ever) ends it after so many requests, of all paths or, with `each_path`, of each one.
        """
        fault = {"fraction": 1.0, **more}
        fault.update({"action": "status", "status": action} if isinstance(action, int) else {"action": action})
        fault["name"] = next(self.names)
        self.faults.insert(0, fault)
        self.tell("PUT", "/faults", json.dumps(self.faults))
        try:
            yield
        finally:
            self.faults.remove(fault)
            self.tell("PUT", "/faults", json.dumps(self.faults))

    def gather(self, at_once, **which):
        """Keeps such requests until so many wait at once: a client that sends fewer waits for the time to pass."""
        return self.fault("gather", at_once=at_once, seconds=120, **which)

    def held(self):
        """The requests that a "hold" keeps at this moment, or has let go and has no answer to yet."""
        return [request for request in self.requests() if request.fault == "hold" and request.status == 0]

    def wait_until(self, seen, process=None):
        """Until the requests so far are as wanted."""
        wait_until(lambda: seen(self.requests()), process)

    def tell(self, method, path, body=None):
        connection = http.client.HTTPConnection(self.control, timeout=30)
        try:
            connection.request(method, path, body)
            answer = connection.getresponse()
            said = answer.read()
        finally:
            connection.close()
        if answer.status != 200:
            raise ValueError(said.decode().strip())
        return said
