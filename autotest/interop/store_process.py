"""Stores in processes of their own (store_client.cpp), and the pytest fixtures that start them.

    def test_x(s3, client):
        assert client("write", "5/1/2.tif", "text") == "done"
"""

import contextlib
import dataclasses
import subprocess

import pytest


@dataclasses.dataclass
class Client:
    """A process with a store over a folder, see store_client.cpp."""

    process: subprocess.Popen

    def tell(self, *words):
        self.process.stdin.write("\t".join(words) + "\n")
        self.process.stdin.flush()

    def answer(self):
        return self.process.stdout.readline().rstrip("\n")

    def __call__(self, *words):
        self.tell(*words)
        return self.answer()


@pytest.fixture
def started(build):
    """Starts clients, which end with the test."""
    with contextlib.ExitStack() as stack:

        def start(root, environment):
            process = subprocess.Popen(
                [build / "autotest" / "store_client", root],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                env={**environment, "GDAL_HTTP_RETRY_DELAY": "0.01"},
            )
            stack.callback(process.stdout.close)
            stack.callback(process.wait)
            stack.callback(process.stdin.close)
            return Client(process)

        yield start


@pytest.fixture
def on_s3(s3, started):
    return lambda **config: started(f"{s3.path}/tiles", {**s3.environment, **config})


@pytest.fixture
def client(on_s3):
    return on_s3()
